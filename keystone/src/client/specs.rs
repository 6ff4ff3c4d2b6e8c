//! Specs.

use std::path::PathBuf;

use super::Keystone;
use super::address::Address;
use super::call::Call;
use crate::types::Spec;
use crate::{Error, ErrorKind};

const ALL: &str = "/v1/specs";

/// Specs: [`Keystone::specs`].
///
/// ```no_run
/// use keystone::Keystone;
///
/// let ks = Keystone::new()?;
/// let spec = ks.specs().create_from_file("specs/fix-failing-test.yaml").send()?;
/// println!("{} is at version {}", spec.id, spec.version);
/// # Ok::<(), keystone::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Specs<'a> {
    client: &'a Keystone,
}

impl<'a> Specs<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Uploads a spec as YAML. One with an id that is there already becomes its next version.
    ///
    /// `POST /v1/specs`
    pub fn create(&self, yaml: impl Into<Vec<u8>>) -> Call<Spec> {
        let yaml = yaml.into();
        Call::new(self.client, move |line| {
            line.post(Address::new(ALL)).bytes(&yaml, "application/x-yaml").read(line, &["id"])
        })
    }

    /// Uploads the spec in a file.
    ///
    /// `POST /v1/specs`
    pub fn create_from_file(&self, path: impl Into<PathBuf>) -> Call<Spec> {
        let path = path.into();
        Call::new(self.client, move |line| {
            let yaml = std::fs::read(&path).map_err(|error| {
                Error::new(ErrorKind::File, format!("cannot read {}: {error}", path.display()))
                    .with_source(error)
            })?;
            line.post(Address::new(ALL)).bytes(&yaml, "application/x-yaml").read(line, &["id"])
        })
    }

    /// Looks a spec up.
    ///
    /// `GET /v1/specs/{id}`
    pub fn get(&self, id: impl Into<String>) -> Call<Spec> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id))?.json_of(&["id"]))
    }

    /// All specs.
    ///
    /// `GET /v1/specs`
    pub fn list(&self) -> Call<Vec<Spec>> {
        Call::new(self.client, |line| line.get(Address::new(ALL))?.list())
    }

    /// Deletes a spec.
    ///
    /// `DELETE /v1/specs/{id}`
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(one(&id)))
    }
}

fn one(id: &str) -> Address {
    Address::new(ALL).segment(id)
}
