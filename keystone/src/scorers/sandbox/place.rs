//! Where these scorers run, and where they do not.

/// The methods of [`Scorer`](crate::scorers::Scorer) that follow from running in the sandbox.
macro_rules! runs_in_sandbox {
    () => {
        fn score(&self, _: &crate::scorers::Subject<'_>) -> crate::scorers::Score {
            crate::scorers::Score::unscored(super::place::ELSEWHERE)
        }

        fn runs_in_sandbox(&self) -> bool {
            true
        }
    };
}

pub(super) use runs_in_sandbox;

/// Why an output cannot be graded here.
pub(super) const ELSEWHERE: &str = "this is checked in the sandbox, once the agent has run there: \
     put it among the invariants of the spec (see `scorers_to_invariants`)";

/// Whether a text that has to say something does.
pub(super) fn check_text(what: &str, text: &str) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("`{what}` is empty"));
    }
    Ok(())
}

/// The start of a text, this many characters long.
pub(super) fn start_of(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at])
}
