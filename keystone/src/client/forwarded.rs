//! Secrets that go along when something is created.

use super::secret::SecretMap;
use crate::Error;

/// Secrets as they were given: by value, or declared by a spec.
#[derive(Debug, Clone, Default)]
pub(crate) struct Forwarded {
    given: SecretMap,
    #[cfg(feature = "yaml")]
    spec: Option<std::path::PathBuf>,
}

impl Forwarded {
    pub(crate) fn insert(&mut self, name: String, value: String) {
        self.given.insert(name, value);
    }

    #[cfg(feature = "yaml")]
    pub(crate) fn spec_path(&mut self, path: std::path::PathBuf) {
        self.spec = Some(path);
    }

    /// The values: those that were given win over those that the spec declares.
    #[cfg_attr(
        not(feature = "yaml"),
        expect(clippy::unnecessary_wraps, reason = "a spec can fail")
    )]
    pub(crate) fn collect(self) -> Result<SecretMap, Error> {
        #[cfg(feature = "yaml")]
        if let Some(path) = self.spec {
            let mut secrets = self.given;
            let collector =
                crate::secrets::Collector::new().except(secrets.expose().keys().cloned());
            let declared = collector.from_file(&path).map_err(|error| {
                Error::new(crate::ErrorKind::File, error.to_string()).with_source(error)
            })?;
            // The agent would fail for the lack of it minutes later, and not say why.
            for secret in declared.withheld().iter().filter(|secret| !secret.reason.is_intended()) {
                let (path, name, line) = (path.display(), &secret.name, secret.line);
                eprintln!(
                    "keystone: {path}:{line}: the secret {name} is not forwarded: {}",
                    secret.reason
                );
            }
            for (name, value) in declared.iter() {
                secrets.insert_default(name, value);
            }
            return Ok(secrets);
        }
        Ok(self.given)
    }
}
