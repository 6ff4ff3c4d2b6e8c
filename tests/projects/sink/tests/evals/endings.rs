//! One evaluation for each way in which one can end.

use keystone::eval;
use keystone::scorers::ExactMatch;

#[eval(data = [("a", "a")], scores = [ExactMatch::new()])]
fn green(word: String) -> String {
    word
}

#[eval(data = [("a", "b")], scores = [ExactMatch::new()])]
fn red(word: String) -> String {
    word
}

#[eval(data = [("a", "b")], scores = [ExactMatch::new()])]
fn broken(_word: String) -> Result<String, String> {
    Err("down".into())
}

fn no_data() -> Result<Vec<(String, String)>, String> {
    Err("the data base is down".into())
}

#[eval(data = no_data, scores = [ExactMatch::new()])]
fn dataless(word: String) -> String {
    word
}

fn panicking_data() -> Vec<(String, String)> {
    panic!("the data base burns")
}

#[eval(data = panicking_data, scores = [ExactMatch::new()])]
fn burning(word: String) -> String {
    word
}
