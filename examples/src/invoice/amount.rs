//! Amounts of money as people write them.

/// An amount of money.
#[derive(Debug, Clone, PartialEq)]
pub struct Money {
    /// The three letters of the currency, where one is named.
    pub currency: Option<String>,
    /// The amount in units of the currency.
    pub value: f64,
}

/// The amount in a text, whatever the habits of its writer: `1,234.50`, `1.234,50 €`,
/// `CHF 1'234.50`, `12k`. Of several, the first with a currency, or else the first.
///
/// ```
/// use keystone_examples::invoice::amount;
///
/// assert_eq!(amount("1.234,50 €").map(|money| money.value), Some(1234.5));
/// assert_eq!(amount("none at all"), None);
/// ```
#[must_use]
pub fn amount(text: &str) -> Option<Money> {
    let mut amounts = all(text);
    let chosen = amounts.iter().position(|money| money.currency.is_some()).unwrap_or(0);
    (chosen < amounts.len()).then(|| amounts.swap_remove(chosen))
}

/// All amounts in a text, in order.
pub(super) fn all(text: &str) -> Vec<Money> {
    let letters: Vec<char> = text.chars().collect();
    let mut amounts = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        if !starts_number(&letters, at) {
            at += 1;
            continue;
        }
        let end = number_end(&letters, at);
        let digits: String = letters[at..end].iter().collect();
        if let Some(mut value) = value_of(&digits) {
            let mut rest = end;
            match letters.get(end).map(char::to_ascii_lowercase) {
                Some('k') if !is_letter(&letters, end + 1) => {
                    value *= 1_000.0;
                    rest += 1;
                }
                Some('m') if !is_letter(&letters, end + 1) => {
                    value *= 1_000_000.0;
                    rest += 1;
                }
                _ => {}
            }
            let before: String = letters[..at].iter().collect();
            let behind: String = letters[rest..].iter().collect();
            if is_negative(before.trim_end()) {
                value = -value;
            }
            let currency = currency_before(&before).or_else(|| currency_behind(&behind));
            amounts.push(Money { currency, value });
        }
        at = end;
    }
    amounts
}

/// A digit that is not inside a word, or a separator right before one ("`.50`").
fn starts_number(letters: &[char], at: usize) -> bool {
    let inside = at > 0 && (letters[at - 1].is_alphanumeric() || letters[at - 1] == '_');
    let digit = |index: usize| letters.get(index).is_some_and(char::is_ascii_digit);
    // "USD20" is an amount, "A20" is not.
    let code = at >= 3 && symbol(&letters[at - 3..at].iter().collect::<String>()).is_some();
    let leading_point = letters[at] == '.' && digit(at + 1);
    (digit(at) || leading_point) && (!inside || code)
}

/// Where the number ends: digits, and separators that are followed by digits. A space separates
/// groups of three only, so that "2 50.00" stays two numbers.
fn number_end(letters: &[char], start: usize) -> usize {
    let digits_from = |from: usize| {
        letters[from.min(letters.len())..].iter().take_while(|c| c.is_ascii_digit()).count()
    };
    let mut end = start + digits_from(start);
    while let Some(separator) = letters.get(end) {
        let following = digits_from(end + 1);
        let joins = match separator {
            '.' | ',' => following > 0,
            '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}' => following == 3,
            _ => false,
        };
        if !joins {
            break;
        }
        end += 1 + following;
    }
    end
}

/// Decides which separator is the decimal one: the last, if one or two digits follow it, or if
/// nothing but a zero precedes it. Any other separates groups.
fn value_of(digits: &str) -> Option<f64> {
    let last = digits.rfind(['.', ',']);
    let decimal = last.filter(|last| {
        let separator = &digits[*last..=*last];
        let following = digits.len() - last - 1;
        let once = digits.matches(separator).count() == 1;
        once && (following <= 2 || matches!(&digits[..*last], "0" | ""))
    });
    let (whole, fraction) = match decimal {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, ""),
    };
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    format!("0{whole}.{fraction}0").parse().ok()
}

fn is_negative(before: &str) -> bool {
    let before = before.trim_end_matches(['$', '€', '£', ' ']);
    before.ends_with(['-', '−'])
        && !before.trim_end_matches(['-', '−']).ends_with(char::is_alphanumeric)
}

fn is_letter(letters: &[char], at: usize) -> bool {
    letters.get(at).is_some_and(|letter| letter.is_alphabetic())
}

fn currency_before(before: &str) -> Option<String> {
    let before = before.trim_end().trim_end_matches(['-', '−']).trim_end();
    let letters: String = before.chars().rev().take_while(|c| c.is_alphabetic()).collect();
    let word: String = letters.chars().rev().collect();
    symbol(&word).or_else(|| symbol(&before.chars().last()?.to_string()))
}

fn currency_behind(behind: &str) -> Option<String> {
    let behind = behind.trim_start();
    let word: String = behind.chars().take_while(|letter| letter.is_alphabetic()).collect();
    symbol(&word).or_else(|| symbol(&behind.chars().next()?.to_string()))
}

fn symbol(text: &str) -> Option<String> {
    let code = match text.to_lowercase().as_str() {
        "€" | "eur" | "euro" | "euros" => "EUR",
        "$" | "usd" | "dollar" | "dollars" => "USD",
        "£" | "gbp" | "pound" | "pounds" => "GBP",
        "chf" | "francs" => "CHF",
        "sek" | "kr" => "SEK",
        _ => return None,
    };
    Some(code.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_told_apart_by_what_follows_them() {
        for (written, value) in
            [("1,234.50", 1234.5), ("1.234,50", 1234.5), ("1.234", 1234.0), ("0.125", 0.125)]
        {
            assert_eq!(amount(written).unwrap().value, value, "{written}");
        }
    }

    #[test]
    fn a_number_inside_a_word_is_no_amount() {
        assert_eq!(amount("order A20"), None);
        assert_eq!(amount("USD20").unwrap().currency.as_deref(), Some("USD"));
    }

    #[test]
    fn a_hyphen_is_a_sign_only_in_front_of_a_number() {
        assert_eq!(amount("-12.00 EUR").unwrap().value, -12.0);
        assert_eq!(amount("room-12").unwrap().value, 12.0);
    }
}
