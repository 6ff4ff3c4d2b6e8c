//! Which fields of a row mean what.

/// What a field of a row is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Input,
    Expected,
    Id,
    Tags,
    Metadata,
    Context,
}

impl Role {
    pub(super) const COUNT: usize = 6;
    pub(super) const ALL: [Self; Self::COUNT] =
        [Self::Input, Self::Expected, Self::Id, Self::Tags, Self::Metadata, Self::Context];

    /// The option of `#[eval]` that names the field.
    pub(super) fn option(self) -> &'static str {
        match self {
            // `tags = […]` labels the evaluation.
            Self::Tags => "tags_field",
            other => other.default_name(),
        }
    }

    /// The name that the field has unless an option says otherwise.
    pub(super) fn default_name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Expected => "expected",
            Self::Id => "id",
            Self::Tags => "tags",
            Self::Metadata => "metadata",
            Self::Context => "context",
        }
    }

    /// This role's bit in a set of roles.
    pub(super) fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Which fields of a row, or columns of a table, mean what.
///
/// By default `input`, `expected`, `id`, `tags`, `metadata` and `context`. A name is looked up as
/// it is first (a key may contain dots), then as a path into nested objects, with numbers for the
/// items of lists: `answer.value`, `choices.0.text`. `"."` is the whole row. The empty name says
/// that the rows have no such field, for rows whose `context`, say, is something else.
///
/// ```
/// use keystone::eval::data::{Dataset, Fields};
///
/// let data = Dataset::file("data/questions.jsonl")
///     .fields(Fields::default().input("question").expected("answer.value"));
/// ```
///
/// A field named here that no row has is an error, and so is a column that a table does not have.
/// Of the fields that are not named, only the input must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Fields {
    slots: [Slot; Role::COUNT],
}

/// The field of one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) name: String,
    /// Whether somebody wrote the name, and so counts on it.
    pub(super) explicit: bool,
    /// The parts of a name with dots; empty where there are none.
    pub(super) path: Vec<String>,
}

impl Slot {
    fn new(name: String, explicit: bool) -> Self {
        let path = if name.contains('.') && name != "." {
            name.split('.').map(str::to_owned).collect()
        } else {
            Vec::new()
        };
        Self { name, explicit, path }
    }

    /// Whether this is the whole row.
    pub(super) fn is_whole(&self) -> bool {
        self.name == "."
    }

    /// Whether the rows have no such field.
    pub(super) fn is_none(&self) -> bool {
        self.name.is_empty()
    }
}

impl Default for Fields {
    fn default() -> Self {
        Self { slots: Role::ALL.map(|role| Slot::new(role.default_name().to_owned(), false)) }
    }
}

impl Fields {
    /// Names the field of the input.
    pub fn input(self, name: impl Into<String>) -> Self {
        self.named(Role::Input, name.into())
    }

    /// Names the field of the expected value.
    pub fn expected(self, name: impl Into<String>) -> Self {
        self.named(Role::Expected, name.into())
    }

    /// Names the field of the row's id.
    pub fn id(self, name: impl Into<String>) -> Self {
        self.named(Role::Id, name.into())
    }

    /// Names the field of the tags.
    pub fn tags(self, name: impl Into<String>) -> Self {
        self.named(Role::Tags, name.into())
    }

    /// Names the field of the metadata.
    pub fn metadata(self, name: impl Into<String>) -> Self {
        self.named(Role::Metadata, name.into())
    }

    /// Names the field of the context.
    pub fn context(self, name: impl Into<String>) -> Self {
        self.named(Role::Context, name.into())
    }

    fn named(mut self, role: Role, name: String) -> Self {
        self.slots[role as usize] = Slot::new(name, true);
        self
    }

    pub(super) fn slot(&self, role: Role) -> &Slot {
        &self.slots[role as usize]
    }

    /// The roles that a key at the top of a row plays: in the low bits those whose name it is, in
    /// the bits from [`Role::COUNT`] those whose path begins with it.
    pub(super) fn roles_of(&self, key: &str) -> u16 {
        let mut roles = 0;
        for role in Role::ALL {
            let slot = self.slot(role);
            if slot.name == key && !key.is_empty() {
                roles |= role.bit();
            }
            if slot.path.first().is_some_and(|head| head == key) {
                roles |= role.bit() << Role::COUNT;
            }
        }
        roles
    }

    /// The roles other than the input whose field somebody named.
    pub(super) fn counted_on(&self) -> u16 {
        Role::ALL
            .into_iter()
            .filter(|role| *role != Role::Input)
            .filter(|role| self.slot(*role).explicit && !self.slot(*role).is_none())
            .map(Role::bit)
            .fold(0, |set, bit| set | bit)
    }
}
