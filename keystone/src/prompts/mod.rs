//! Prompts and their templates.
