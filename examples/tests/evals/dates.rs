//! A few rows written where they are used. Nothing else is set, so every row has to pass.

use keystone::scorers::ExactMatch;
use keystone_examples::invoice::{Date, date};

#[keystone::eval(
    data = [
        ("2026-03-01", "2026-03-01"),
        ("1.3.2026", "2026-03-01"),
        ("01/03/26", "2026-01-03"),
        ("13/03/2026", "2026-03-13"),
        ("March 1st, 2026", "2026-03-01"),
        ("the 22nd of August 2026", "2026-08-22"),
        ("Sunday, 29 Feb 2032", "2032-02-29"),
        ("sent on 7 Sept. 2026, at noon", "2026-09-07"),
    ],
    scores = [ExactMatch::new()],
)]
fn dates(written: &str) -> Option<Date> {
    date(written)
}
