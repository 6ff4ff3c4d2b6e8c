//! Evaluations of a library, of a module, and of the target itself.

mod later;

#[keystone::eval(data = [("a", "a")], scores = [keystone::scorers::ExactMatch::new()])]
fn here(word: String) -> String {
    word
}

keystone_harness::main!(library_evals, library_evals::deep);
