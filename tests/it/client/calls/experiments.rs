//! Experiments and their handle.

use std::time::Duration;

use keystone::Error;
use keystone::client::{ExperimentHandle, RunAndWait};
use keystone::scorers::{Score, Subject, from_fn};
use serde_json::Value;

use super::{Calls, plain};

pub(super) const CALLS: Calls = &[
    ("experiments.create", |ks, _| {
        handle(ks.experiments().create("baseline-v1", "fix-failing-test").send())
    }),
    ("experiments.create-secrets", |ks, _| {
        let create = ks.experiments().create("baseline-v1", "fix-failing-test");
        handle(create.secret("ANTHROPIC_API_KEY", "sk-1").send())
    }),
    ("experiments.create-spec_path", |ks, at| {
        let create = ks.experiments().create("baseline-v1", "fix-failing-test");
        handle(create.spec_path(at.join("spec.yaml")).send())
    }),
    ("experiments.run", |ks, _| ks.experiments().run("exp-1").send().map(|()| Value::Null)),
    ("experiments.run_and_wait", |ks, _| waited(ks.experiments().run_and_wait("exp-1"))),
    ("experiments.run_and_wait-scores", |ks, _| {
        let short = from_fn("short", |_: &Subject<'_>| Score::new(1.0).message("kept short"));
        waited(ks.experiments().run_and_wait("exp-1").scorer(short))
    }),
    ("experiments.run_and_wait-broken_poll", |ks, _| {
        waited(ks.experiments().run_and_wait("exp-broken"))
    }),
    ("experiments.get", |ks, _| Ok(plain(&ks.experiments().get("exp-1").send()?))),
    ("experiments.list", |ks, _| {
        Ok(ks.experiments().list().send()?.iter().map(|one| plain(&**one)).collect())
    }),
    ("experiments.compare", |ks, _| {
        Ok(plain(&ks.experiments().compare("exp-baseline", "exp-new").send()?))
    }),
    ("experiments.metrics", |ks, _| Ok(plain(&ks.experiments().metrics("exp-1").send()?))),
    // The handle.
    ("experiment.run", |ks, _| ks.experiments().handle("exp-h").run().send().map(|()| Value::Null)),
    ("experiment.run_and_wait", |ks, _| waited(ks.experiments().handle("exp-h").run_and_wait())),
    ("experiment.results", |ks, _| Ok(plain(&ks.experiments().handle("exp-h").results().send()?))),
    ("experiment.metrics", |ks, _| Ok(plain(&ks.experiments().handle("exp-h").metrics().send()?))),
    ("experiment.compare", |ks, _| {
        Ok(plain(&ks.experiments().handle("exp-h").compare("exp-new").send()?))
    }),
];

fn handle(experiment: Result<ExperimentHandle, Error>) -> Result<Value, Error> {
    Ok(plain(&*experiment?))
}

fn waited(run: RunAndWait) -> Result<Value, Error> {
    let run = run.poll_interval(Duration::from_millis(10)).timeout(Duration::from_secs(60));
    Ok(plain(&run.send()?))
}
