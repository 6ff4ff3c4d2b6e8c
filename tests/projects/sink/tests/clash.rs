//! Two evaluations of one name.

use keystone::scorers::ExactMatch;

#[keystone::eval(data = [("a", "a")], scores = [ExactMatch::new()], name = "twin")]
fn first(word: String) -> String {
    word
}

#[keystone::eval(data = [("a", "a")], scores = [ExactMatch::new()], name = "twin")]
fn second(word: String) -> String {
    word
}

keystone_harness::main!();
