//! What went wrong with a call.
