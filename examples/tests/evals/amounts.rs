//! Numbers from a CSV file, whose columns are named by the evaluation.

use keystone::scorers::NumericDiff;
use keystone_examples::invoice::amount;

#[keystone::eval(
    data = "data/amounts.csv",
    input = "written",
    expected = "value",
    scores = [NumericDiff::new().tolerance(1e-9)],
    pass_rate = 0.95,
)]
fn amounts(written: &str) -> Result<f64, String> {
    amount(written).map(|money| money.value).ok_or_else(|| format!("no amount in {written:?}"))
}
