//! Prompts.

use serde::Serialize;
use serde_json::{Map, Value};

use super::Keystone;
use super::address::Address;
use super::call::{Call, sends};
use crate::types::{Prompt, Rendered};

const ALL: &str = "/v1/prompts";

/// Prompts: [`Keystone::prompts`].
///
/// ```no_run
/// use keystone::Keystone;
/// use serde_json::json;
///
/// let ks = Keystone::new()?;
/// ks.prompts().create("greet", "Hello {name}").variable("name", "you").tag("live").send()?;
/// let prompt = ks.prompts().get("greet").tag("live").send()?;
/// let variables = keystone::prompts::variables(json!({"name": "Ann"}))?;
/// assert_eq!(prompt.render(&variables), "Hello Ann");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Prompts<'a> {
    client: &'a Keystone,
}

impl<'a> Prompts<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Stores a prompt. Each one under a slug is the next version of it.
    ///
    /// `POST /v1/prompts`
    pub fn create(&self, slug: impl Into<String>, template: impl Into<String>) -> CreatePrompt {
        CreatePrompt {
            client: self.client.clone(),
            body: NewPrompt {
                slug: slug.into(),
                template: template.into(),
                tag: String::new(),
                variables: Map::new(),
                metadata: Map::new(),
            },
        }
    }

    /// Looks a prompt up: the latest version, unless a version or a tag is chosen.
    ///
    /// `GET /v1/prompts/{slug}/latest`, `…/versions/{n}`, `…/tags/{tag}`
    pub fn get(&self, slug: impl Into<String>) -> GetPrompt {
        GetPrompt { client: self.client.clone(), slug: slug.into(), version: None, tag: None }
    }

    /// All prompts.
    ///
    /// `GET /v1/prompts`
    pub fn list(&self) -> Call<Vec<Prompt>> {
        Call::new(self.client, |line| line.get(Address::new(ALL))?.list())
    }

    /// Deletes a version of a prompt, by its id.
    ///
    /// `DELETE /v1/prompts/{id}`
    pub fn delete(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.delete(Address::new(ALL).segment(&id)))
    }

    /// Has the server fill a prompt. [`Prompt::render`] does the same without asking.
    ///
    /// `POST /v1/prompts/{id}/render`
    pub fn render(
        &self,
        id: impl Into<String>,
        variables: impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>,
    ) -> Call<String> {
        #[derive(Serialize)]
        struct Body {
            variables: Map<String, Value>,
        }
        let id = id.into();
        let variables =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let body = Body { variables };
        Call::new(self.client, move |line| {
            let address = Address::new(ALL).segment(&id).then("render");
            let rendered: Rendered =
                line.post(address).repeatable().json(&body)?.read(line, &["rendered"])?;
            Ok(rendered.rendered)
        })
    }
}

#[derive(Debug, Clone, Serialize)]
struct NewPrompt {
    slug: String,
    template: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    tag: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    variables: Map<String, Value>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    metadata: Map<String, Value>,
}

/// A prompt to be stored: [`Prompts::create`].
#[derive(Debug, Clone)]
#[must_use = "nothing is stored until `.send()`"]
pub struct CreatePrompt {
    client: Keystone,
    body: NewPrompt,
}

impl CreatePrompt {
    /// Gives this version a name.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.body.tag = tag.into();
        self
    }

    /// Says what a placeholder stands for unless the caller says otherwise.
    pub fn variable(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.body.variables.insert(name.into(), value.into());
        self
    }

    /// Says what several placeholders stand for; as [`variable`](Self::variable).
    pub fn variables(
        mut self,
        variables: impl IntoIterator<Item = (impl Into<String>, impl Into<Value>)>,
    ) -> Self {
        for (name, value) in variables {
            self.body.variables.insert(name.into(), value.into());
        }
        self
    }

    /// Stores something beside it.
    pub fn metadata(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.body.metadata.insert(name.into(), value.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<Prompt> {
        let Self { client, body } = self;
        Call::new(&client, move |line| {
            line.post(Address::new(ALL)).json(&body)?.read(line, &["id"])
        })
    }
}

sends!(CreatePrompt => Prompt);

/// A prompt to be looked up: [`Prompts::get`].
#[derive(Debug, Clone)]
#[must_use = "nothing is asked until `.send()`"]
pub struct GetPrompt {
    client: Keystone,
    slug: String,
    version: Option<u64>,
    tag: Option<String>,
}

impl GetPrompt {
    /// Chooses a version. Counts before a tag.
    pub fn version(mut self, version: u64) -> Self {
        self.version = Some(version);
        self
    }

    /// Chooses the version of this tag.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = Some(tag.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<Prompt> {
        let Self { client, slug, version, tag } = self;
        let address = Address::new(ALL).segment(&slug);
        let address = match (version, tag) {
            (Some(version), _) => address.then("versions").segment(&version.to_string()),
            (None, Some(tag)) => address.then("tags").segment(&tag),
            (None, None) => address.then("latest"),
        };
        Call::new(&client, move |line| line.get(address)?.json_of(&["id"]))
    }
}

sends!(GetPrompt => Prompt);
