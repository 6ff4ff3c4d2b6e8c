//! An extraction: the output is a struct, compared field by field with the expected JSON.

use keystone::Score;
use keystone::scorers::{JsonDiff, JsonValidity};
use keystone_examples::invoice::{Invoice, Mail, Missing, extract};

/// Whatever else is wrong, the sum must be right: a row whose gate fails has failed, even where
/// the other scores would carry it.
#[keystone::scorer(gate, weight = 3.0)]
fn right_total(output: &Invoice, expected: &Invoice) -> Score {
    let right =
        output.currency == expected.currency && (output.total - expected.total).abs() < 0.005;
    if right {
        Score::pass()
    } else {
        Score::fail(format!(
            "read {:.2} {}, should be {:.2} {}",
            output.total, output.currency, expected.total, expected.currency
        ))
    }
}

// An `Err` of the task is an error, not a failed row: it means that the task broke. By default
// none is tolerated.
#[keystone::eval(
    data = "data/invoices.json",
    scores = [JsonValidity::new(), JsonDiff::new().threshold(0.8), right_total],
    pass_rate = 0.85,
    min_mean = { json_diff: 0.9 },
)]
fn invoice_mails(mail: Mail) -> Result<Invoice, Missing> {
    extract(&mail)
}
