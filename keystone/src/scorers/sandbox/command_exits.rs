//! How a command ends.

use serde_json::json;

use super::Invariant;
use super::place::{check_text, runs_in_sandbox, start_of};
use super::settings::{Settings, settings_methods, settings_of_scorer};
use crate::scorers::{Rule, Scorer};

/// How much of the command is in the name, in characters.
const NAMED: usize = 30;

/// Checks in the sandbox that a command ends with an exit code. The platform calls it
/// `CommandExits`.
///
/// The name is `command:` and the first 30 characters of the command, unless
/// [`named`](CommandExits::named) otherwise. Rule type and type of the check are `command_exit`,
/// with `command` and `exit_code`.
///
/// ```
/// use keystone::scorers::{CommandExits, Scorer};
///
/// let scorer = CommandExits::new("grep -q TODO src/main.rs").exit_code(1);
/// assert_eq!(scorer.name(), "command:grep -q TODO src/main.rs");
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct CommandExits {
    command: String,
    exit_code: i32,
    settings: Settings,
}

impl CommandExits {
    /// Checks that this command ends with exit code 0. It is a line for `sh -c`, run in the
    /// workspace. An empty one is an error of [`Scorer::check`].
    pub fn new(command: impl Into<String>) -> Self {
        let command = command.into();
        let name = format!("command:{}", start_of(&command, NAMED));
        Self { settings: Settings::new(name), command, exit_code: 0 }
    }

    /// Sets the exit code that passes, from 0 to 255. Any other is an error of
    /// [`Scorer::check`], since no command can end with it.
    pub fn exit_code(mut self, exit_code: i32) -> Self {
        self.exit_code = exit_code;
        self
    }
}

settings_methods!(CommandExits);

impl Scorer for CommandExits {
    settings_of_scorer!();
    runs_in_sandbox!();

    fn rule(&self) -> Option<Rule> {
        let config = json!({"command": self.command, "exit_code": self.exit_code});
        Some(Rule::new(self.name(), "command_exit", config))
    }

    fn invariant(&self) -> Option<Invariant> {
        let check = json!({
            "type": "command_exit",
            "command": self.command,
            "exit_code": self.exit_code,
        });
        let description = format!("command exits {}", self.exit_code);
        Some(Invariant::new(description, check).counted(self.policy()))
    }

    fn check(&self) -> Result<(), String> {
        check_text("command", &self.command)?;
        if !(0..=255).contains(&self.exit_code) {
            return Err(format!(
                "the exit code is {}, but it has to be a number from 0 to 255",
                self.exit_code
            ));
        }
        Ok(())
    }
}
