//! From a spec to the values of its secrets.

use std::collections::BTreeSet;
use std::env;
use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::collected::{Secrets, Withheld, WithheldReason};
use super::command::{self, CommandError, Ended};
use super::declaration::{Declaration, Origin, declarations};
use super::error::{Place, SecretsError, SecretsErrorKind};
use super::node::secrets_of;

/// How large a spec may be, in bytes: 1 MiB.
pub const LARGEST_SPEC: u64 = 1024 * 1024;

/// How large the value of a secret from a file or a command may be, in bytes: 1 MiB.
pub const LARGEST_VALUE: u64 = 1024 * 1024;

/// How long a command may take, unless told otherwise.
const LONGEST_COMMAND: Duration = Duration::from_secs(60);

/// The values of the secrets that the spec in this file declares, with the environment of this
/// process; see [the module](super) for how they are found, and [`Collector`] for more say.
///
/// The platform's Python SDK calls it `collect_declared_secrets_from_file`.
///
/// # Errors
/// For a spec that cannot be read or is not valid, an unknown source, and a source that is there
/// and cannot be read. The error has the file, line and column and the name of the secret.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("token"), " t-1\n")?;
/// # let (spec, token) = (folder.path().join("spec.yaml"), folder.path().join("token"));
/// # std::fs::write(&spec, format!("secrets:\n- name: TOKEN\n  source: 'file:{}'\n", token.display()))?;
/// let secrets = keystone::secrets::collect_declared(&spec)?;
/// assert_eq!(secrets.get("TOKEN"), Some("t-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn collect_declared(spec_path: impl AsRef<Path>) -> Result<Secrets, SecretsError> {
    Collector::new().from_file(spec_path)
}

/// Collects the secrets that specs declare, with another environment, folder or patience than
/// [`collect_declared`].
///
/// ```
/// use keystone::secrets::Collector;
///
/// let collector = Collector::new().environment(|name| match name {
///     "CI_TOKEN" => Some("t-1".into()),
///     _ => None,
/// });
/// let secrets = collector.from_text("secrets: [{name: token, source: 'env:CI_TOKEN'}]")?;
/// assert_eq!(secrets.get("token"), Some("t-1"));
/// # Ok::<(), keystone::secrets::SecretsError>(())
/// ```
#[must_use]
pub struct Collector<'a> {
    environment: Lookup<'a>,
    directory: Option<PathBuf>,
    command_timeout: Duration,
    known: BTreeSet<String>,
}

/// From the name of a variable to its value.
type Lookup<'a> = Box<dyn Fn(&str) -> Option<OsString> + Send + Sync + 'a>;

impl Default for Collector<'_> {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Collector<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Collector")
            .field("directory", &self.directory)
            .field("command_timeout", &self.command_timeout)
            .finish_non_exhaustive()
    }
}

impl<'a> Collector<'a> {
    /// A collector with the environment and the current folder of this process.
    pub fn new() -> Self {
        Self {
            environment: Box::new(|name| env::var_os(name)),
            directory: None,
            command_timeout: LONGEST_COMMAND,
            known: BTreeSet::new(),
        }
    }

    /// Looks variables up here instead, `HOME` (on Windows `USERPROFILE`) for `~` among them.
    /// Commands have the environment of this process all the same.
    pub fn environment(
        mut self,
        lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'a,
    ) -> Self {
        self.environment = Box::new(lookup);
        self
    }

    /// Takes relative paths from this folder, and runs commands in it.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Sets how long a command may take, a minute unless set. One that takes longer is killed,
    /// with what it has started, and is an error.
    pub fn command_timeout(mut self, timeout: Duration) -> Self {
        self.command_timeout = timeout;
        self
    }

    /// Leaves out the secrets of these names, whose values are known already: their commands are
    /// not run, their files not read.
    pub fn except(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.known.extend(names.into_iter().map(Into::into));
        self
    }

    /// The values of the secrets that the spec in this file declares.
    ///
    /// # Errors
    /// As [`collect_declared`].
    pub fn from_file(&self, spec_path: impl AsRef<Path>) -> Result<Secrets, SecretsError> {
        let path = spec_path.as_ref();
        read_spec(path).and_then(|yaml| self.from_text(&yaml)).map_err(|error| error.in_file(path))
    }

    /// The values of the secrets that this spec declares.
    ///
    /// # Errors
    /// As [`collect_declared`].
    pub fn from_text(&self, yaml: &str) -> Result<Secrets, SecretsError> {
        check_size(yaml.len() as u64)?;
        let mut secrets = Secrets::default();
        let Some(declared) = secrets_of(yaml)? else {
            return Ok(secrets);
        };
        for Declaration { name, origin, place } in declarations(declared)? {
            if self.known.contains(&name) {
                continue;
            }
            match self.value(&origin).map_err(|error| error.of(&name).at(place))? {
                Ok(value) if value.is_empty() => {
                    let reason = WithheldReason::Empty;
                    secrets.withheld.push(Withheld { name, line: place.line, reason });
                }
                Ok(value) => {
                    secrets.values.insert(name, value);
                }
                Err(reason) => {
                    secrets.withheld.push(Withheld { name, line: place.line, reason });
                }
            }
        }
        Ok(secrets)
    }

    fn value(&self, origin: &Origin) -> Result<Result<String, WithheldReason>, SecretsError> {
        match origin {
            Origin::Dashboard => Ok(Err(WithheldReason::Dashboard)),
            Origin::Spec => Ok(Err(WithheldReason::FromSpec)),
            Origin::Variable(variable) => match (self.environment)(variable) {
                None => Ok(Err(WithheldReason::Unset { variable: variable.clone() })),
                Some(value) => match value.into_string() {
                    Ok(value) => Ok(Ok(value)),
                    Err(_) => Err(unusable(format!("the variable {variable} is not UTF-8"))),
                },
            },
            Origin::File(path) => self.of_file(path),
            Origin::Command(command) => self.of_command(command),
        }
    }

    fn of_file(&self, path: &str) -> Result<Result<String, WithheldReason>, SecretsError> {
        let path = self.expanded(path)?;
        let shown = path.display();
        let bytes = match read_up_to(&path, LARGEST_VALUE) {
            Ok(bytes) => bytes,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(Err(WithheldReason::NoFile { path }));
            }
            Err(error) => {
                return Err(unusable(format!("the file {shown} cannot be read")).because(error));
            }
        };
        if bytes.len() as u64 > LARGEST_VALUE {
            return Err(unusable(format!(
                "the file {shown} has more than {LARGEST_VALUE} bytes, which is no secret"
            )));
        }
        trimmed(bytes).map(Ok).ok_or_else(|| unusable(format!("the file {shown} is not UTF-8")))
    }

    fn of_command(&self, command: &str) -> Result<Result<String, WithheldReason>, SecretsError> {
        let (longest, directory) = (self.command_timeout, self.directory.as_deref());
        match command::run(command, directory, longest, LARGEST_VALUE) {
            Ok(Ended::Well(output)) => {
                let not_utf8 = || unusable("the output of the command is not UTF-8");
                trimmed(output).map(Ok).ok_or_else(not_utf8)
            }
            Ok(Ended::Badly(status)) => {
                Ok(Err(WithheldReason::CommandFailed { how: status.to_string() }))
            }
            Err(CommandError::Time) => Err(unusable(format!(
                "the command did not end within {longest:?} and was killed; it has no standard \
                 input, so that it cannot ask for anything"
            ))),
            Err(CommandError::Size) => Err(unusable(format!(
                "the command writes more than {LARGEST_VALUE} bytes, which is no secret"
            ))),
            Err(CommandError::Io(error)) => {
                Err(unusable("the command cannot be run").because(error))
            }
        }
    }

    /// The path with the home folder in the place of `~`, in the folder that was set.
    fn expanded(&self, path: &str) -> Result<PathBuf, SecretsError> {
        let Some(rest) = path.strip_prefix('~') else {
            return Ok(match &self.directory {
                Some(directory) => directory.join(path),
                None => PathBuf::from(path),
            });
        };
        if !rest.is_empty() && !rest.starts_with(std::path::is_separator) {
            return Err(unusable(format!(
                "the path {path} starts with the home folder of another user; write it out, or \
                 put `./` before it if it is a name"
            )));
        }
        let variable = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let home = (self.environment)(variable).filter(|home| !home.is_empty());
        let Some(home) = home else {
            return Err(unusable(format!(
                "the path {path} starts with the home folder, and the variable {variable}, which \
                 says where that is, is not set"
            )));
        };
        Ok(Path::new(&home).join(rest.trim_start_matches(std::path::is_separator)))
    }
}

fn unusable(message: impl Into<String>) -> SecretsError {
    SecretsError::new(SecretsErrorKind::Source, message)
}

fn trimmed(bytes: Vec<u8>) -> Option<String> {
    String::from_utf8(bytes).ok().map(|text| text.trim().to_owned())
}

/// The content of a file, or one byte more than the limit.
fn read_up_to(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Opening a pipe would wait for somebody who writes into it.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_spec(path: &Path) -> Result<String, SecretsError> {
    let bytes = read_up_to(path, LARGEST_SPEC).map_err(|error| {
        SecretsError::new(SecretsErrorKind::Read, "the spec cannot be read").because(error)
    })?;
    check_size(bytes.len() as u64)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(&error.as_bytes()[..valid]);
        let line = before.rsplit('\n').next().unwrap_or_default();
        let place = Place {
            line: before.matches('\n').count() as u64 + 1,
            column: line.chars().count() as u64 + 1,
        };
        SecretsError::new(SecretsErrorKind::NotUtf8, "the spec is not UTF-8").at(place)
    })
}

fn check_size(bytes: u64) -> Result<(), SecretsError> {
    if bytes <= LARGEST_SPEC {
        return Ok(());
    }
    Err(SecretsError::new(
        SecretsErrorKind::TooLarge,
        format!("the spec has more than {LARGEST_SPEC} bytes"),
    ))
}
