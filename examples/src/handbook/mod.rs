//! Answers questions from a handbook: finds the sections that share the most telling words with
//! the question, and quotes the sentence in them that fits best.

use std::collections::{BTreeSet, HashMap};

use keystone::Output;

use crate::words::content_words;

/// What the answerer says when no section fits.
pub const DONT_KNOW: &str = "I could not find that in the handbook.";

/// A handbook that answers questions.
#[derive(Debug, Clone)]
pub struct Handbook {
    sections: Vec<Section>,
    /// How telling each word is: the logarithm of the number of sections by the number of
    /// sections that have it.
    weights: HashMap<String, f64>,
}

#[derive(Debug, Clone)]
struct Section {
    title: String,
    sentences: Vec<String>,
    words: BTreeSet<String>,
}

impl Section {
    fn text(&self) -> String {
        format!("{}: {}", self.title, self.sentences.join(" "))
    }
}

impl Handbook {
    /// The handbook of a town library, which ships with the examples.
    #[must_use]
    pub fn library() -> Self {
        Self::from_markdown(include_str!("handbook.md"))
    }

    /// A handbook from Markdown: a section for each second-level heading.
    #[must_use]
    pub fn from_markdown(text: &str) -> Self {
        let sections: Vec<Section> = text
            .split("\n## ")
            .skip(1)
            .map(|section| {
                let (title, body) = section.split_once('\n').unwrap_or((section, ""));
                Section {
                    title: title.trim().to_owned(),
                    sentences: sentences(body),
                    words: content_words(section).collect(),
                }
            })
            .collect();
        let mut found_in: HashMap<String, f64> = HashMap::new();
        for word in sections.iter().flat_map(|section| &section.words) {
            *found_in.entry(word.clone()).or_default() += 1.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a handbook has no 2^53 sections")]
        let count = sections.len() as f64;
        let weights =
            found_in.into_iter().map(|(word, found)| (word, (1.0 + count / found).ln())).collect();
        Self { sections, weights }
    }

    /// Answers with a sentence of the handbook; the sections that were read are the context of
    /// the output.
    #[must_use]
    pub fn answer(&self, question: &str) -> Output {
        let asked: BTreeSet<String> = content_words(question).collect();
        let retrieved = self.retrieve(&asked, 2);
        let context: Vec<String> = retrieved.iter().map(|(section, _)| section.text()).collect();

        let mut best = ("", 0.0);
        for (section, section_fit) in &retrieved {
            for sentence in &section.sentences {
                // The fit of the section counts as well: its title may hold the word that the
                // sentence takes for granted.
                let words = content_words(sentence).collect();
                let fit = self.overlap(&asked, &words) + 0.5 * section_fit;
                if fit > best.1 {
                    best = (sentence, fit);
                }
            }
        }
        let asked_for: f64 = asked.iter().map(|word| self.weight(word)).sum();
        // A sentence and a section that share all words with the question reach 1.5 of what was
        // asked for; less than a third of that is a coincidence.
        let answer = if best.1 > 0.0 && best.1 >= asked_for * 0.5 { best.0 } else { DONT_KNOW };
        context.into_iter().fold(Output::text(answer), Output::context)
    }

    /// The sections that fit best, best first, without those that do not fit at all.
    fn retrieve(&self, asked: &BTreeSet<String>, count: usize) -> Vec<(&Section, f64)> {
        let mut fits: Vec<(&Section, f64)> = self
            .sections
            .iter()
            .map(|section| (section, self.overlap(asked, &section.words)))
            .filter(|(_, fit)| *fit > 0.0)
            .collect();
        fits.sort_by(|one, other| other.1.total_cmp(&one.1));
        fits.truncate(count);
        fits
    }

    /// The weight of the words that both have.
    fn overlap(&self, asked: &BTreeSet<String>, words: &BTreeSet<String>) -> f64 {
        asked.intersection(words).map(|word| self.weight(word)).sum()
    }

    /// How telling a word is. One that the handbook does not have tells most: the question is
    /// about something else.
    fn weight(&self, word: &str) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a handbook has no 2^53 sections")]
        let unknown = (1.0 + self.sections.len() as f64).ln();
        self.weights.get(word).copied().unwrap_or(unknown)
    }
}

/// The sentences of a text. A full stop ends one only before white space.
fn sentences(text: &str) -> Vec<String> {
    text.split_inclusive(['.', '?', '!'])
        .fold(Vec::<String>::new(), |mut sentences, piece| {
            match sentences.last_mut() {
                Some(last) if !piece.starts_with(char::is_whitespace) => last.push_str(piece),
                _ => sentences.push(piece.to_owned()),
            }
            sentences
        })
        .into_iter()
        .map(|sentence| sentence.trim().to_owned())
        .filter(|sentence| !sentence.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_a_sentence_of_the_context() {
        let output = Handbook::library().answer("How much is a colour page at the printer?");
        assert!(output.contexts().iter().any(|text| text.contains(output.as_text().as_ref())));
    }

    #[test]
    fn a_question_about_something_else_gets_no_answer() {
        let output = Handbook::library().answer("Who won the football match?");
        assert_eq!(output.as_text(), DONT_KNOW);
    }

    #[test]
    fn a_number_with_a_point_does_not_end_a_sentence() {
        assert_eq!(
            sentences("It costs 1.50 euros. Pay here."),
            ["It costs 1.50 euros.", "Pay here."]
        );
    }
}
