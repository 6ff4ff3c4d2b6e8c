//! What every built-in scorer can be told: its name, its weight, whether it is a gate.

use std::borrow::Cow;

use crate::scorers::Policy;

/// The name and the policy of a scorer.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub(super) name: Cow<'static, str>,
    pub(super) policy: Policy,
}

impl Settings {
    pub(super) fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), policy: Policy::default() }
    }
}

/// Gives a scorer with a field `settings` the methods for them.
macro_rules! settings_methods {
    ($scorer:ty) => {
        impl $scorer {
            /// Sets the share of the scorer in the composite, 1 unless set. A weight that is
            /// negative or not finite is an error when the run starts.
            pub fn weight(mut self, weight: f64) -> Self {
                self.settings.policy.weight = weight;
                self
            }

            /// Makes a row fail when this scorer does, whatever the composite says.
            pub fn gate(mut self) -> Self {
                self.settings.policy.gate = true;
                self
            }

            /// Sets the name under which the scores appear, for an evaluation with two scorers
            /// of one kind.
            pub fn named(mut self, name: impl Into<String>) -> Self {
                self.settings.name = std::borrow::Cow::Owned(name.into());
                self
            }
        }
    };
}

/// The methods of [`Scorer`](crate::scorers::Scorer) that read the settings.
macro_rules! settings_of_scorer {
    () => {
        fn name(&self) -> &str {
            &self.settings.name
        }

        fn policy(&self) -> crate::scorers::Policy {
            self.settings.policy
        }
    };
}

pub(super) use {settings_methods, settings_of_scorer};

/// Whether a threshold is one that a score can reach and can miss.
pub(super) fn check_fraction(what: &str, value: f64) -> Result<(), String> {
    if (0.0..=1.0).contains(&value) {
        return Ok(());
    }
    Err(format!("the {what} is {value:?}, but it has to be a number from 0 to 1"))
}
