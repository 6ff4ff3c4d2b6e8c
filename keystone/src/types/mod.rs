//! The shapes of the API, read leniently and written strictly.

mod prompt;

pub use prompt::Prompt;
