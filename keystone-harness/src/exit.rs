//! The exit codes of a test binary of evaluations.

use std::fmt;
use std::process;

use keystone::eval::{EvalError, Verdict};

/// How a run of evaluations ends, as the process's exit code.
///
/// Over several evaluations the gravest wins: bad configuration or data, then a missed gate, then
/// errors. A script can so tell "quality dropped" from "the provider was down" from "the data set
/// is broken":
///
/// ```
/// use keystone_harness::ExitCode;
///
/// assert_eq!(ExitCode::GateMissed.code(), 101);
/// assert_eq!(ExitCode::Errored.worse(ExitCode::GateMissed), ExitCode::GateMissed);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ExitCode {
    /// Every evaluation that ran reached its gates: 0.
    Passed,
    /// An evaluation missed one of its gates: 101, as for a failed test.
    GateMissed,
    /// Too many rows broke, or the run was interrupted, so that it says nothing about quality: 102.
    Errored,
    /// Bad flags, bad settings, bad data, results that cannot be written: 103.
    BadInput,
    /// No evaluation is linked into the program: 104.
    NothingRegistered,
}

impl ExitCode {
    /// All codes with what they mean, in the order in which the help lists them.
    pub const ALL: [Self; 5] =
        [Self::Passed, Self::GateMissed, Self::Errored, Self::BadInput, Self::NothingRegistered];

    /// The number that the operating system sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::GateMissed => 101,
            Self::Errored => 102,
            Self::BadInput => 103,
            Self::NothingRegistered => 104,
        }
    }

    /// What the code means, in a few words.
    #[must_use]
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Passed => "every evaluation that ran passed",
            Self::GateMissed => "an evaluation missed a gate",
            Self::Errored => "rows broke beyond what is tolerated, or the run was interrupted",
            Self::BadInput => "bad flags, settings or data; nothing was matched by --tag or --case",
            Self::NothingRegistered => "no evaluation is registered",
        }
    }

    /// The graver of the two.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        if other.gravity() > self.gravity() { other } else { self }
    }

    fn gravity(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Errored => 1,
            Self::GateMissed => 2,
            Self::BadInput => 3,
            Self::NothingRegistered => 4,
        }
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => Self::Passed,
            Verdict::Fail => Self::GateMissed,
            Verdict::Error => Self::Errored,
        }
    }
}

impl From<&EvalError> for ExitCode {
    fn from(_: &EvalError) -> Self {
        // Whatever keeps an evaluation from running is something that the user must put right.
        Self::BadInput
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code(), self.meaning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gravest_of_several_wins_whatever_the_order() {
        let order = [ExitCode::Passed, ExitCode::Errored, ExitCode::GateMissed, ExitCode::BadInput];
        for (i, mild) in order.iter().enumerate() {
            for grave in &order[i..] {
                assert_eq!(mild.worse(*grave), *grave);
                assert_eq!(grave.worse(*mild), *grave);
            }
        }
    }

    #[test]
    fn the_codes_are_a_contract() {
        let codes: Vec<u8> = ExitCode::ALL.iter().map(|code| code.code()).collect();
        assert_eq!(codes, [0, 101, 102, 103, 104]);
    }
}
