//! Evaluations in a library, which a test target names.

pub mod deep;

/// Evaluates something from a library, whose data lies in the library's folder.
#[keystone::eval(data = "data/words.csv", scores = [keystone::scorers::ExactMatch::new()], input = "word", expected = "loud")]
fn shout(word: &str) -> String {
    word.to_uppercase()
}
