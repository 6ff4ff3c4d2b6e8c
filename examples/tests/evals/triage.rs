//! A classifier: one right answer a row, and half a point for a near miss.

use std::sync::LazyLock;

use keystone::Score;
use keystone::scorers::ExactMatch;
use keystone_examples::triage::{Queue, Ticket, Triage};

static TRIAGE: LazyLock<Triage> = LazyLock::new(Triage::trained);

/// A ticket in the wrong queue of the right desk is half as bad. The weight and the message show
/// in the report; the row itself fails by `exact_match`.
#[keystone::scorer(weight = 2.0)]
fn right_desk(output: &Queue, expected: &Queue) -> Score {
    if output == expected {
        Score::pass()
    } else if output.desk() == expected.desk() {
        Score::new(0.5).message("wrong queue, right desk")
    } else {
        Score::fail(format!("{:?} has to pass it on to {:?}", output.desk(), expected.desk()))
    }
}

// The input of a row is an object, so the parameter is a struct that reads it. The output is an
// enum, compared as the text that it is in JSON.
#[keystone::eval(
    data = "data/tickets.jsonl",
    scores = [ExactMatch::new(), right_desk],
    pass_rate = 0.85,
    min_mean = { right_desk: 0.88 },
)]
fn support_tickets(ticket: Ticket) -> Queue {
    TRIAGE.sort(&ticket)
}
