//! Sorts support tickets into the queues of a web shop, by naive Bayes over words.

use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::words::content_words;

/// What a customer wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The subject line; often empty or of no use.
    #[serde(default)]
    pub subject: String,
    /// The message itself.
    pub body: String,
}

/// The queue that a ticket belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Queue {
    /// Payments, prices, invoices.
    Billing,
    /// What is on its way to the customer.
    Delivery,
    /// What goes back: refunds, exchanges, warranty.
    Returns,
    /// Sign-in, profile, personal data.
    Account,
    /// Faults of the app, the site or the API.
    Technical,
}

impl Queue {
    const ALL: [Self; 5] =
        [Self::Billing, Self::Delivery, Self::Returns, Self::Account, Self::Technical];

    /// The people who work on the queue. A ticket in the wrong queue of the right desk costs a
    /// click, one on the wrong desk costs a day.
    #[must_use]
    pub fn desk(self) -> Desk {
        match self {
            Self::Billing | Self::Account => Desk::Office,
            Self::Delivery | Self::Returns => Desk::Warehouse,
            Self::Technical => Desk::Engineering,
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "billing" => Some(Self::Billing),
            "delivery" => Some(Self::Delivery),
            "returns" => Some(Self::Returns),
            "account" => Some(Self::Account),
            "technical" => Some(Self::Technical),
            _ => None,
        }
    }
}

/// People who share some queues.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// Contracts and money.
    Office,
    /// Goods.
    Warehouse,
    /// Software.
    Engineering,
}

/// A multinomial naive Bayes classifier with add-one smoothing (Manning, Raghavan and Schütze,
/// *Introduction to Information Retrieval*, chapter 13).
#[derive(Debug, Clone, Default)]
pub struct Triage {
    queues: HashMap<Queue, Counts>,
    vocabulary: HashSet<String>,
    tickets: f64,
}

#[derive(Debug, Clone, Default)]
struct Counts {
    tickets: f64,
    words: f64,
    each: HashMap<String, f64>,
}

impl Triage {
    /// The classifier trained on the tickets that ship with it, none of which is in the data set
    /// that evaluates it.
    #[must_use]
    pub fn trained() -> Self {
        Self::train(include_str!("training.tsv").lines().filter_map(|line| {
            let (queue, text) = line.split_once('\t')?;
            Some((Queue::named(queue)?, text))
        }))
    }

    /// A classifier trained on these tickets.
    pub fn train<'a>(tickets: impl IntoIterator<Item = (Queue, &'a str)>) -> Self {
        let mut triage = Self::default();
        for (queue, text) in tickets {
            triage.tickets += 1.0;
            let counts = triage.queues.entry(queue).or_default();
            counts.tickets += 1.0;
            for word in content_words(text) {
                counts.words += 1.0;
                *counts.each.entry(word.clone()).or_default() += 1.0;
                triage.vocabulary.insert(word);
            }
        }
        triage
    }

    /// The most probable queue.
    #[must_use]
    pub fn sort(&self, ticket: &Ticket) -> Queue {
        // A word that no training ticket has says nothing about any queue.
        let words: Vec<String> = content_words(&ticket.subject)
            .chain(content_words(&ticket.body))
            .filter(|word| self.vocabulary.contains(word))
            .collect();
        Queue::ALL
            .into_iter()
            .max_by(|one, other| {
                self.log_odds(*one, &words).total_cmp(&self.log_odds(*other, &words))
            })
            .unwrap_or(Queue::Technical)
    }

    fn log_odds(&self, queue: Queue, words: &[String]) -> f64 {
        let Some(counts) = self.queues.get(&queue) else {
            return f64::NEG_INFINITY;
        };
        #[expect(clippy::cast_precision_loss, reason = "a vocabulary has no 2^53 words")]
        let vocabulary = self.vocabulary.len() as f64;
        let prior = (counts.tickets / self.tickets).ln();
        let likelihood: f64 = words
            .iter()
            .map(|word| {
                let seen = counts.each.get(word).copied().unwrap_or_default();
                ((seen + 1.0) / (counts.words + vocabulary)).ln()
            })
            .sum();
        prior + likelihood
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sort(body: &str) -> Queue {
        Triage::trained().sort(&Ticket { subject: String::new(), body: body.to_owned() })
    }

    #[test]
    fn every_training_line_is_used() {
        let lines = include_str!("training.tsv").lines().count();
        assert_eq!(Triage::trained().tickets, lines as f64);
    }

    #[test]
    fn words_decide() {
        assert_eq!(sort("the invoice has the wrong amount"), Queue::Billing);
        assert_eq!(sort("the parcel is late"), Queue::Delivery);
        assert_eq!(sort("the app crashes"), Queue::Technical);
    }

    #[test]
    fn a_ticket_without_a_known_word_still_gets_a_queue() {
        assert!(Queue::ALL.contains(&sort("xyzzy")));
    }
}
