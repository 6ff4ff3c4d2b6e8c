//! Tables of prices.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Deserialize;

use super::error::PriceError;
use super::name::{self, Date};
use super::price::Price;

/// The table that comes with the crate.
pub(super) const BUILTIN: &str = include_str!("models.json");

/// The longest name that is taken apart, in bytes. Names may come from anywhere, and the effort
/// grows faster than they do.
const LONGEST: usize = 1024;

/// A table of what models cost. Cheap to clone.
///
/// See [the module](super) for how names are looked up.
///
/// ```
/// use keystone::pricing::{Price, Prices};
///
/// let prices = Prices::builtin().with("my-model", Price::per_million(1.0, 5.0))?;
/// assert_eq!(prices.estimate("my-model", 1000, 100, 0), Some(0.0015));
/// assert_eq!(prices.estimate("gpt-4o", 1000, 100, 0), Some(0.0035));
/// # Ok::<(), keystone::pricing::PriceError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    /// By folded name.
    entries: Arc<BTreeMap<String, Entry>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Entry {
    /// The name as it was given.
    name: String,
    price: Price,
    /// Where the name ends with a date, how long the folded name is before that, and the date.
    dated: Option<(usize, Date)>,
}

/// A price that was found.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Match {
    /// The known name that the price is of.
    pub name: String,
    /// The price.
    pub price: Price,
}

/// The file of the built-in table.
#[derive(Deserialize)]
struct File {
    models: BTreeMap<String, Price>,
}

impl Prices {
    /// The table that comes with the crate.
    #[must_use]
    pub fn builtin() -> Self {
        // That the file can be read, and holds what it should, is tested.
        static TABLE: LazyLock<Prices> = LazyLock::new(|| {
            let models = serde_json::from_str(BUILTIN).map(|file: File| file.models);
            let entries = models.unwrap_or_default().into_iter().map(entry).collect();
            Prices { entries: Arc::new(entries) }
        });
        TABLE.clone()
    }

    /// A table without any entry.
    #[must_use]
    pub fn empty() -> Self {
        Self::default()
    }

    /// The built-in table and all that was added for the whole process until now.
    ///
    /// What is added later does not show.
    #[must_use]
    pub fn of_process() -> Self {
        super::process::table()
    }

    /// Adds a model, or gives one that is known another price.
    ///
    /// # Errors
    /// Where the price is no number, negative or beyond [`Price::MAX`], or the name has neither
    /// letters nor digits. The table is lost then; to keep it, use [`insert`](Self::insert).
    pub fn with(mut self, model: impl Into<String>, price: Price) -> Result<Self, PriceError> {
        self.insert(model, price)?;
        Ok(self)
    }

    /// The same in place.
    ///
    /// # Errors
    /// As for [`with`](Self::with); the table stays as it was.
    pub fn insert(&mut self, model: impl Into<String>, price: Price) -> Result<(), PriceError> {
        let model = model.into();
        if let Some((field, value)) = price.fault() {
            return Err(PriceError::Price { model, field, value });
        }
        let (key, entry) = entry((model, price));
        if !name::is_name(&key) {
            return Err(PriceError::Name { model: entry.name });
        }
        Arc::make_mut(&mut self.entries).insert(key, entry);
        Ok(())
    }

    /// The price of a model, and the name that it was found by; `None` where it is not known.
    ///
    /// ```
    /// use keystone::pricing::Prices;
    ///
    /// let found = Prices::builtin().lookup("openai/GPT-4o-mini-2024-07-18").expect("it is known");
    /// assert_eq!(found.name, "gpt-4o-mini-2024-07-18");
    /// assert_eq!(found.price.input, 0.15);
    /// assert_eq!(Prices::builtin().lookup("claude"), None);
    /// ```
    #[must_use]
    pub fn lookup(&self, model: &str) -> Option<Match> {
        self.find(model).map(|entry| Match { name: entry.name.clone(), price: entry.price })
    }

    /// What a call costs, in USD; `None` where the model is not known. See [`Price::cost`].
    #[must_use]
    pub fn estimate(&self, model: &str, input: u64, output: u64, cache: u64) -> Option<f64> {
        self.find(model).map(|entry| entry.price.cost(input, output, cache))
    }

    /// All names with their prices, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Price)> {
        self.entries.values().map(|entry| (entry.name.as_str(), entry.price))
    }

    fn find(&self, model: &str) -> Option<&Entry> {
        let name = name::fold(model);
        if name.len() > LONGEST {
            return self.entries.get(&name);
        }
        self.entries.get(&name).or_else(|| self.longest(&name)).or_else(|| self.newest(&name))
    }

    /// The longest that stands in the name between boundaries; of equals, the first in the name.
    fn longest(&self, name: &str) -> Option<&Entry> {
        let mut longest: Option<(&str, &Entry)> = None;
        for start in name::starts(name) {
            let rest = &name[start..];
            for (known, entry) in self.entries.iter() {
                if longest.is_none_or(|(longest, _)| known.len() > longest.len())
                    && rest.strip_prefix(known).is_some_and(|rest| name::ends(known, rest))
                {
                    longest = Some((known, entry));
                }
            }
        }
        longest.map(|(_, entry)| entry)
    }

    /// The newest that is the name and a date.
    fn newest(&self, name: &str) -> Option<&Entry> {
        name::stems(name).find_map(|stem| {
            // Names with one stem stand together.
            let with_stem = self
                .entries
                .range::<str, _>((std::ops::Bound::Excluded(stem), std::ops::Bound::Unbounded))
                .take_while(|(known, _)| known.starts_with(stem));
            with_stem
                .filter_map(|(_, entry)| {
                    let (length, date) = entry.dated?;
                    (length == stem.len()).then_some((date, entry))
                })
                .max_by_key(|(date, _)| *date)
                .map(|(_, entry)| entry)
        })
    }
}

fn entry((name, price): (String, Price)) -> (String, Entry) {
    let key = name::fold(&name);
    let dated = name::dated(&key).map(|(stem, date)| (stem.len(), date));
    (key, Entry { name, price, dated })
}
