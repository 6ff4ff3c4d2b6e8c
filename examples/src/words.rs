//! Text as words, for the agents that compare texts by their words.

/// Words that say nothing about what a text is about.
const STOP_WORDS: &[&str] = &[
    "a", "about", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been", "by",
    "can", "could", "did", "do", "does", "for", "from", "had", "has", "have", "he", "her", "his",
    "how", "i", "if", "in", "into", "is", "it", "its", "just", "me", "much", "my", "of", "on",
    "or", "our", "out", "please", "she", "so", "some", "than", "that", "the", "their", "them",
    "then", "there", "they", "this", "to", "was", "we", "were", "what", "when", "where", "which",
    "who", "will", "with", "would", "you", "your",
];

/// The words of a text that carry meaning: lower case, without stop words, reduced to a stem.
pub(crate) fn content_words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(&word.as_str()))
        .map(|word| stem(&word))
}

/// Cuts the commonest endings, so that "charged", "charges" and "charge" meet.
fn stem(word: &str) -> String {
    let cut = |ending: &str, keep: usize| {
        word.strip_suffix(ending).filter(|rest| rest.chars().count() >= keep)
    };
    let stem = if let Some(rest) = cut("ies", 2) {
        return format!("{rest}y");
    } else if let Some(rest) = cut("ing", 3).or_else(|| cut("ed", 3)) {
        rest
    } else if word.ends_with("ss") || word.ends_with("us") {
        word
    } else {
        cut("s", 3).unwrap_or(word)
    };
    let mut letters: Vec<char> = stem.chars().collect();
    // "shipped" loses its ending and becomes "shipp": the doubled consonant goes as well.
    if let [.., second, last] = letters[..]
        && stem.len() < word.len()
        && second == last
        && !"aeiousl".contains(last)
    {
        letters.pop();
    }
    // A silent e comes and goes with the endings.
    if letters.len() > 3 && letters.last() == Some(&'e') {
        letters.pop();
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        content_words(text).collect()
    }

    #[test]
    fn forms_of_one_word_meet() {
        assert_eq!(words("charge charged charges charging"), ["charg"; 4]);
        assert_eq!(words("ship shipped shipping ships"), ["ship"; 4]);
        assert_eq!(words("company companies"), ["company"; 2]);
        assert_eq!(words("address addressed"), ["address"; 2]);
    }

    #[test]
    fn stop_words_and_punctuation_are_dropped() {
        assert_eq!(words("Where is my parcel?!"), ["parcel"]);
        assert_eq!(words("… — ''"), Vec::<String>::new());
    }
}
