//! Extracts the facts of an invoice from the mail that it came in.

mod amount;
mod date;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use amount::{Money, amount};
pub use date::{Date, date};

/// A mail, as the mailbox hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The sender, such as `Ada Lovelace <ada@example.com>`.
    pub from: String,
    /// The day on which it arrived, as `YYYY-MM-DD`.
    pub received: Date,
    /// The text.
    pub text: String,
}

/// What the bookkeeping needs to know of an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invoice {
    /// Who wants the money.
    pub vendor: String,
    /// The vendor's number of the invoice.
    pub number: String,
    /// The day of the invoice.
    pub date: Date,
    /// The three letters of the currency.
    pub currency: String,
    /// What is to be paid, in units of the currency.
    pub total: f64,
    /// The last day to pay, where the mail says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Date>,
}

/// A fact that every invoice has, and that the mail does not tell in any way known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Missing {
    /// No number of an invoice.
    Number,
    /// No amount of money.
    Total,
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Number => "the mail names no invoice number",
            Self::Total => "the mail names no amount of money",
        })
    }
}

impl std::error::Error for Missing {}

/// Reads the facts of an invoice from a mail.
///
/// # Errors
/// Names the fact that is missing.
///
/// ```
/// use keystone_examples::invoice::{Mail, extract};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let invoice = extract(&Mail {
///     from: "Northwind Roasters <billing@example.com>".to_owned(),
///     received: "2026-03-02".parse()?,
///     text: "Invoice no. 2026-118 of 1 March 2026\nTotal: 1.240,50 EUR, payable within 14 days."
///         .to_owned(),
/// })?;
/// assert_eq!(invoice.number, "2026-118");
/// assert_eq!(invoice.total, 1240.5);
/// assert_eq!(invoice.due, Some("2026-03-15".parse()?));
/// # Ok(())
/// # }
/// ```
pub fn extract(mail: &Mail) -> Result<Invoice, Missing> {
    let Money { currency, value } = total(&mail.text).ok_or(Missing::Total)?;
    let dated = invoice_date(&mail.text).unwrap_or(mail.received);
    Ok(Invoice {
        vendor: vendor(mail),
        number: number(&mail.text).ok_or(Missing::Number)?,
        date: dated,
        currency: currency.unwrap_or_else(|| "EUR".to_owned()),
        total: value,
        due: due(&mail.text, dated),
    })
}

/// The name in front of the address, or else the first line that looks like a letterhead.
fn vendor(mail: &Mail) -> String {
    let named = ["invoice from ", "billed by ", "vendor: ", "seller: ", "supplier: "]
        .into_iter()
        .find_map(|label| after(&mail.text, label))
        .map(|rest| rest.split(['\n', ',', '(']).next().unwrap_or(rest).trim());
    let sender = mail.from.split('<').next().map(|name| name.trim().trim_matches('"'));
    named
        .or(sender)
        .filter(|name| !name.is_empty())
        .unwrap_or(&mail.from)
        .trim_end_matches('.')
        .to_owned()
}

/// The first word with a digit that follows shortly after a word for an invoice.
fn number(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.iter().enumerate().find_map(|(index, word)| {
        let word = word.to_lowercase();
        let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        if !matches!(word, "invoice" | "inv" | "bill" | "rechnung" | "facture" | "reference") {
            return None;
        }
        words[index + 1..]
            .iter()
            .take(3)
            .map(|next| next.trim_matches(|letter: char| !letter.is_alphanumeric()))
            // A date or an amount after "invoice" is not its number.
            .find(|next| {
                next.contains(|letter: char| letter.is_ascii_digit())
                    && date(next).is_none()
                    && next.len() > 2
            })
            .map(str::to_owned)
    })
}

/// The date after a word that says that it is the invoice's, or else the first date of all that
/// is not the one to pay by.
fn invoice_date(text: &str) -> Option<Date> {
    let dated = ["invoice date", "date of issue", "issued on", "issued", "dated", "date:"]
        .into_iter()
        .find_map(|label| date(first_line(after(text, label)?)));
    dated.or_else(|| {
        text.lines().filter(|line| !is_about_payment(line)).find_map(date).or_else(|| date(text))
    })
}

/// The day to pay by: said outright, or as a number of days from the date of the invoice.
fn due(text: &str, dated: Date) -> Option<Date> {
    ["due date", "due by", "due on", "payable by", "pay by", "no later than", "due"]
        .into_iter()
        .find_map(|label| date(first_line(after(text, label)?)))
        .or_else(|| days(text).map(|days| dated.plus_days(days)))
}

/// The days of "within 14 days", "net 30" and their like.
fn days(text: &str) -> Option<u32> {
    let lower = text.to_lowercase();
    if lower.contains("on receipt") || lower.contains("immediately") {
        return Some(0);
    }
    ["within ", "net ", "payable in ", "due in ", "terms: "].into_iter().find_map(|label| {
        let rest = after(text, label)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok().filter(|days| *days <= 366)
    })
}

/// The amount on the line that most surely names the sum to be paid.
fn total(text: &str) -> Option<Money> {
    const LABELS: [&str; 8] = [
        "total due",
        "amount due",
        "balance due",
        "grand total",
        "to pay",
        "total",
        "amount",
        "pay",
    ];
    let labelled = LABELS.into_iter().find_map(|label| {
        // The last such line: subtotals come before totals.
        text.lines().rev().find_map(|line| {
            let rest = after(line, label)?;
            let before = &line[..line.len() - rest.len() - label.len()];
            let is_part = before.to_lowercase().trim_end().ends_with("sub");
            (!is_part).then(|| money(rest).or_else(|| money(line))).flatten()
        })
    });
    labelled.or_else(|| text.lines().find_map(money))
}

/// The first amount of a line that cannot be a count, a date or a percentage: one with a
/// currency, or else one with cents.
fn money(line: &str) -> Option<Money> {
    let found = amount::all(line);
    found
        .iter()
        .find(|money| money.currency.is_some())
        .or_else(|| found.iter().find(|money| money.value.fract() != 0.0))
        .cloned()
}

fn is_about_payment(line: &str) -> bool {
    let line = line.to_lowercase();
    line.contains("due") || line.contains("pay") || line.contains("later than")
}

/// What follows the first occurrence of a label that begins a word, whatever its case.
fn after<'a>(text: &'a str, label: &str) -> Option<&'a str> {
    text.char_indices().map(|(start, _)| start).find_map(|start| {
        let rest = text.get(start..start + label.len())?;
        let begins = !text[..start].ends_with(char::is_alphanumeric);
        (begins && rest.eq_ignore_ascii_case(label)).then(|| &text[start + label.len()..])
    })
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(text: &str) -> Mail {
        let received = Date::new(2026, 5, 20).unwrap();
        Mail { from: "Acme <a@example.com>".to_owned(), received, text: text.to_owned() }
    }

    #[test]
    fn the_total_is_not_the_subtotal() {
        let text = "Invoice A-17\nSubtotal: 100.00 EUR\nVAT 19 %: 19.00 EUR\nTotal: 119.00 EUR";
        assert_eq!(extract(&mail(text)).unwrap().total, 119.0);
    }

    #[test]
    fn without_a_date_the_day_of_arrival_counts() {
        let invoice = extract(&mail("Invoice A-17, amount due $20, net 30")).unwrap();
        assert_eq!(invoice.date.to_string(), "2026-05-20");
        assert_eq!(invoice.due.unwrap().to_string(), "2026-06-19");
    }

    #[test]
    fn what_is_missing_is_named() {
        assert_eq!(extract(&mail("Total: $20")), Err(Missing::Number));
        assert_eq!(extract(&mail("Invoice A-17, see attachment")), Err(Missing::Total));
    }
}
