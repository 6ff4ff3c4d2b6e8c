//! Experiments.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use serde::Serialize;

use super::address::Address;
use super::call::{Call, sends};
use super::forwarded::Forwarded;
use super::waiting::{Waiting, wait};
use super::{Keystone, panel::Panel};
use crate::Scorer;
use crate::types::{Comparison, Experiment, ExperimentMetrics, RunResults};

const ALL: &str = "/v1/experiments";

/// Keys of which results have at least one.
pub(super) const RESULTS: [&str; 4] = ["total_scenarios", "scenarios", "experiment_id", "spec_id"];

/// Experiments: [`Keystone::experiments`].
#[derive(Debug, Clone, Copy)]
pub struct Experiments<'a> {
    client: &'a Keystone,
}

impl<'a> Experiments<'a> {
    pub(crate) fn new(client: &'a Keystone) -> Self {
        Self { client }
    }

    /// Makes an experiment of a spec. It does not run yet.
    ///
    /// `POST /v1/experiments`
    pub fn create(&self, name: impl Into<String>, spec_id: impl Into<String>) -> CreateExperiment {
        CreateExperiment {
            client: self.client.clone(),
            name: name.into(),
            spec_id: spec_id.into(),
            secrets: Forwarded::default(),
        }
    }

    /// The results of an experiment, as far as they are there.
    ///
    /// `GET /v1/experiments/{id}`
    pub fn get(&self, id: impl Into<String>) -> Call<RunResults> {
        let id = id.into();
        Call::new(self.client, move |line| line.get(one(&id))?.json_of(&RESULTS))
    }

    /// All experiments.
    ///
    /// `GET /v1/experiments`
    pub fn list(&self) -> Call<Vec<ExperimentHandle>> {
        Call::new(self.client, |line| {
            let experiments: Vec<Experiment> = line.get(Address::new(ALL))?.list()?;
            let handle = |experiment| ExperimentHandle::new(experiment, line.client);
            Ok(experiments.into_iter().map(handle).collect())
        })
    }

    /// A handle on an experiment of which only the id is known. Asks nothing.
    #[must_use]
    pub fn handle(&self, id: impl Into<String>) -> ExperimentHandle {
        ExperimentHandle::new(Experiment { id: id.into(), ..Experiment::default() }, self.client)
    }

    /// Starts a run, and does not wait for it.
    ///
    /// `POST /v1/experiments/{id}/run`
    pub fn run(&self, id: impl Into<String>) -> Call<()> {
        let id = id.into();
        Call::new(self.client, move |line| line.post(one(&id).then("run")).send(line)?.nothing())
    }

    /// Starts a run, waits until it has ended, and scores its scenarios with the scorers given
    /// here.
    ///
    /// ```no_run
    /// use keystone::{Keystone, scorers::JsonValidity};
    ///
    /// let ks = Keystone::new()?;
    /// let results = ks.experiments().run_and_wait("exp-1").scorer(JsonValidity::new()).send()?;
    /// for scenario in &results.scenarios {
    ///     println!("{}: {}", scenario.scenario_id, scenario.status);
    /// }
    /// # Ok::<(), keystone::Error>(())
    /// ```
    ///
    /// `POST /v1/experiments/{id}/run`, then `GET /v1/experiments/{id}` until all scenarios have
    /// ended. Failures of the server while it is asked do not end the wait; an error that does says
    /// that the run was started.
    pub fn run_and_wait(&self, id: impl Into<String>) -> RunAndWait {
        RunAndWait {
            client: self.client.clone(),
            id: id.into(),
            waiting: Waiting::default(),
            panel: Panel::default(),
        }
    }

    /// Compares two experiments.
    ///
    /// `POST /v1/experiments/compare`
    pub fn compare(
        &self,
        baseline_id: impl Into<String>,
        candidate_id: impl Into<String>,
    ) -> Call<Comparison> {
        #[derive(Serialize)]
        struct Body {
            baseline_id: String,
            candidate_id: String,
        }
        let body = Body { baseline_id: baseline_id.into(), candidate_id: candidate_id.into() };
        Call::new(self.client, move |line| {
            line.post(Address::new(ALL).then("compare"))
                .repeatable()
                .json(&body)?
                .read(line, &["metrics", "regressed", "baseline_id"])
        })
    }

    /// The figures of an experiment over its runs.
    ///
    /// `GET /v1/metrics/experiments/{id}`
    pub fn metrics(&self, id: impl Into<String>) -> Call<ExperimentMetrics> {
        let id = id.into();
        Call::new(self.client, move |line| {
            line.get(Address::new("/v1/metrics/experiments").segment(&id))?.json_of(&[
                "summary",
                "metrics",
                "experiment_id",
            ])
        })
    }
}

fn one(id: &str) -> Address {
    Address::new(ALL).segment(id)
}

/// An experiment to be made: [`Experiments::create`].
#[derive(Debug, Clone)]
#[must_use = "nothing is created until `.send()`"]
pub struct CreateExperiment {
    client: Keystone,
    name: String,
    spec_id: String,
    secrets: Forwarded,
}

impl CreateExperiment {
    /// Forwards a secret, which becomes a variable of the agent's environment. Wins over the one
    /// of that name that the spec declares.
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.secrets.insert(name.into(), value.into());
        self
    }

    /// Forwards several secrets; as [`secret`](Self::secret).
    pub fn secrets(
        mut self,
        secrets: impl IntoIterator<Item = (impl Into<String>, impl Into<String>)>,
    ) -> Self {
        for (name, value) in secrets {
            self.secrets.insert(name.into(), value.into());
        }
        self
    }

    /// Forwards the secrets that the spec in this file declares; see
    /// [`secrets::collect_declared`](crate::secrets::collect_declared).
    #[cfg(feature = "yaml")]
    pub fn spec_path(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.secrets.spec_path(path.into());
        self
    }

    /// The same as a [`Call`], which has a time-out and repeats of its own.
    pub fn call(self) -> Call<ExperimentHandle> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
            spec_id: &'a str,
            #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
            secrets: &'a std::collections::BTreeMap<String, String>,
        }
        let Self { client, name, spec_id, secrets } = self;
        Call::new(&client, move |line| {
            let secrets = secrets.collect()?;
            let body = Body { name: &name, spec_id: &spec_id, secrets: secrets.expose() };
            let experiment =
                line.post(Address::new(ALL)).hiding(&secrets).json(&body)?.read(line, &["id"])?;
            Ok(ExperimentHandle::new(experiment, line.client))
        })
    }
}

sends!(CreateExperiment => ExperimentHandle);

/// A run to be waited for: [`Experiments::run_and_wait`].
#[must_use = "nothing is run until `.send()`"]
pub struct RunAndWait {
    client: Keystone,
    id: String,
    waiting: Waiting,
    panel: Panel,
}

impl RunAndWait {
    /// Sets the pause between two looks at the run; one second unless set.
    pub fn poll_interval(mut self, interval: Duration) -> Self {
        self.waiting.interval = interval;
        self
    }

    /// Sets how long to wait; 600 seconds unless set. After that the call fails with
    /// [`ErrorKind::NotFinished`](crate::ErrorKind::NotFinished), and the run goes on.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.waiting.timeout = timeout;
        self
    }

    /// Calls this with the results so far, each time they were asked for. A panic in it ends the
    /// wait, not the run.
    pub fn on_progress(mut self, tell: impl FnMut(&RunResults) + Send + 'static) -> Self {
        self.waiting.tell = Some(Box::new(tell));
        self
    }

    /// Adds a scorer that grades each scenario here, once the run has ended. Its score is added to
    /// the scenario's `invariants`, with the scorer's weight and gate; the composite and the
    /// status stay as the server has them. Where it has no score to give, nothing is added, and
    /// the reason is kept in [`RunResults::unscored`].
    ///
    /// Scorers that look into a sandbox cannot run here, since the sandbox is gone: the call is
    /// refused with [`ErrorKind::Argument`](crate::ErrorKind::Argument). They belong into the spec.
    pub fn scorer(mut self, scorer: impl Scorer + 'static) -> Self {
        self.panel.push(Box::new(scorer));
        self
    }

    /// The same as a [`Call`], whose time-out and repeats are those of each request.
    pub fn call(self) -> Call<RunResults> {
        let Self { client, id, waiting, panel } = self;
        Call::new(&client, move |line| {
            panel.check()?;
            line.post(one(&id).then("run")).send(line)?.nothing()?;
            let mut results = wait(line, &one(&id), waiting)?;
            panel.score(&mut results);
            Ok(results)
        })
    }
}

impl fmt::Debug for RunAndWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RunAndWait")
            .field("id", &self.id)
            .field("panel", &self.panel)
            .finish_non_exhaustive()
    }
}

sends!(RunAndWait => RunResults);

/// An experiment, and what can be done with it. Its fields are those of [`Experiment`].
#[derive(Debug, Clone)]
pub struct ExperimentHandle {
    experiment: Experiment,
    client: Keystone,
}

impl ExperimentHandle {
    fn new(experiment: Experiment, client: &Keystone) -> Self {
        Self { experiment, client: client.clone() }
    }

    /// What the server said of it.
    #[must_use]
    pub fn into_inner(self) -> Experiment {
        self.experiment
    }

    /// As [`Experiments::run`].
    pub fn run(&self) -> Call<()> {
        self.client.experiments().run(&self.experiment.id)
    }

    /// As [`Experiments::run_and_wait`].
    pub fn run_and_wait(&self) -> RunAndWait {
        self.client.experiments().run_and_wait(&self.experiment.id)
    }

    /// As [`Experiments::get`].
    pub fn results(&self) -> Call<RunResults> {
        self.client.experiments().get(&self.experiment.id)
    }

    /// As [`Experiments::metrics`].
    pub fn metrics(&self) -> Call<ExperimentMetrics> {
        self.client.experiments().metrics(&self.experiment.id)
    }

    /// Compares this experiment, as the baseline, with another one.
    pub fn compare(&self, candidate_id: impl Into<String>) -> Call<Comparison> {
        self.client.experiments().compare(&self.experiment.id, candidate_id)
    }
}

impl Deref for ExperimentHandle {
    type Target = Experiment;

    fn deref(&self) -> &Experiment {
        &self.experiment
    }
}
