//! Evaluations that do whatever a test needs: what is graded and how it goes wrong is in the data.

mod endings;
mod files;
mod grades;
mod gsm8k;
mod kinds;
mod scripts;
mod selection;

keystone_harness::main!();
