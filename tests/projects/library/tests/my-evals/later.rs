//! A module of the test target.

#[keystone::eval(data = [("z", "z")], scores = [keystone::scorers::ExactMatch::new()])]
fn second(word: String) -> String {
    word
}

#[keystone::eval(data = [("z", "y")], scores = [keystone::scorers::ExactMatch::new()], name = "A first")]
fn third(word: String) -> String {
    word
}
