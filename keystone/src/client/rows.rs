//! Rows of a listing that comes in pages.

use std::collections::HashSet;
use std::fmt;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::Keystone;
use super::address::Address;
use super::call::Line;
use super::http::Wishes;
use super::reply::Reply;
use crate::types::Page;
use crate::{Error, ErrorKind};

/// How many rows a page has unless the caller says otherwise, as other clients of the API.
pub(crate) const PAGE: u32 = 100;

/// The rows of a listing, fetched a page at a time as they are asked for, so that any number of
/// them fits into little memory.
///
/// A row that cannot be read is an error in its place, and the rows after it follow. After any other
/// error there are no more; [`cursor`](Self::cursor) then says where to go on.
#[must_use = "nothing is fetched until the rows are iterated over"]
pub struct Rows<T> {
    client: Keystone,
    /// The listing with its filters, without limit and cursor.
    path: &'static str,
    filters: Vec<(&'static str, String)>,
    limit: u32,
    /// Where the page begins that is fetched next.
    cursor: Option<String>,
    /// Where the page begins that is being read.
    start: Option<String>,
    /// Digests of the cursors that led here, so that a server that goes in a circle is noticed.
    seen: HashSet<u64>,
    page: std::vec::IntoIter<T>,
    /// The rows of a page of which some could not be read.
    mixed: std::vec::IntoIter<Result<T, Error>>,
    /// What ends the rows once those of the page are out.
    fault: Option<Error>,
    ended: bool,
}

impl<T> Rows<T> {
    pub(crate) fn new(
        client: Keystone,
        path: &'static str,
        filters: Vec<(&'static str, String)>,
        limit: u32,
        cursor: Option<String>,
    ) -> Self {
        let page = Vec::new().into_iter();
        let seen = cursor.as_deref().map(digest).into_iter().collect();
        Self {
            client,
            path,
            filters,
            limit,
            start: cursor.clone(),
            cursor,
            seen,
            page,
            mixed: Vec::new().into_iter(),
            fault: None,
            ended: false,
        }
    }

    /// Where the page begins that holds the next row; none for the first page, and after the last
    /// row. Whoever goes on from there misses no row, and gets those again that were read of a page
    /// that was not read to its end.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        if self.page.len() + self.mixed.len() > 0 {
            self.start.as_deref()
        } else {
            self.cursor.as_deref()
        }
    }
}

impl<T: DeserializeOwned> Rows<T> {
    fn fetch(&mut self) -> Result<(), Error> {
        let mut address = Address::new(self.path)
            .query("limit", self.limit)
            .query_if("cursor", self.cursor.as_deref());
        for (name, value) in &self.filters {
            address = address.query(name, value);
        }
        let wishes = Wishes::default();
        let line = Line { client: &self.client, wishes: &wishes };
        let reply = line.get(address)?;
        let page: Page<T> = match reply.page() {
            Ok(page) => page,
            Err(error) => self.page_of_some(&reply).ok_or(error)?,
        };
        self.page = page.items.into_iter();
        self.start = self.cursor.take();
        self.cursor = page.next_cursor.filter(|cursor| !cursor.is_empty());
        match &self.cursor {
            None => self.ended = true,
            Some(cursor) => {
                if !self.seen.insert(digest(cursor)) {
                    let what = "the server leads back to a page that was there already";
                    self.fault =
                        Some(Error::new(ErrorKind::Decode, what).with_request("GET", self.path));
                    self.ended = true;
                }
            }
        }
        Ok(())
    }
}

impl<T: DeserializeOwned> Rows<T> {
    /// Reads a page row by row, where not all of them can be read: one that is of another shape
    /// takes no other with it.
    fn page_of_some(&mut self, reply: &Reply) -> Option<Page<T>> {
        let page: Page<Value> = reply.page().ok()?;
        let mut number = 0;
        let rows = page.items.into_iter().map(|row| {
            number += 1;
            let shown = reply.quoted(&row.to_string());
            serde_json::from_value(row).map_err(|error| {
                // Its words quote what the row holds, which is why it is not kept as the source.
                let why = reply.quoted(&error.to_string());
                Error::new(
                    ErrorKind::Decode,
                    format!("row {number} of a page cannot be read ({why}): {shown}"),
                )
                .with_request("GET", self.path)
            })
        });
        self.mixed = rows.collect::<Vec<_>>().into_iter();
        Some(Page::new(Vec::new(), page.next_cursor))
    }
}

fn digest(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl<T: DeserializeOwned> Iterator for Rows<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.page.next() {
                return Some(Ok(row));
            }
            if let Some(row) = self.mixed.next() {
                return Some(row);
            }
            if let Some(fault) = self.fault.take() {
                return Some(Err(fault));
            }
            if self.ended {
                return None;
            }
            if let Err(error) = self.fetch() {
                self.ended = true;
                self.page = Vec::new().into_iter();
                return Some(Err(error));
            }
        }
    }
}

impl<T: DeserializeOwned> std::iter::FusedIterator for Rows<T> {}

impl<T> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rows")
            .field("path", &self.path)
            .field("filters", &self.filters)
            .field("cursor", &self.cursor)
            .finish_non_exhaustive()
    }
}
