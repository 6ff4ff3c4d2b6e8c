//! A module of the library.

#[keystone::eval(data = [("a", "a")], scores = [keystone::scorers::ExactMatch::new()], tags = ["inner"])]
fn echo(word: String) -> String {
    word
}
