//! The client itself, specs, alerts, scoring and prompts.

use keystone::Keystone;
use keystone::types::NewAlert;
use serde_json::{Value, json};

use super::super::KEY;
use super::{Calls, plain};

pub(super) const CALLS: Calls = &[
    ("health", |ks, _| Ok(plain(&ks.health().send()?))),
    ("health-workspace", |ks, _| {
        let builder = Keystone::builder().api_key(KEY).base_url(ks.base_url());
        Ok(plain(&builder.workspace("search-assistant").build()?.health().send()?))
    }),
    ("health-trailing_slash", |ks, _| {
        let url = format!("{}//", ks.base_url());
        Ok(plain(&Keystone::builder().api_key(KEY).base_url(url).build()?.health().send()?))
    }),
    // Specs.
    ("specs.create", |ks, _| Ok(plain(&ks.specs().create("id: zoë\nversion: 1 # ✓\n").send()?))),
    ("specs.create_from_file", |ks, at| {
        Ok(plain(&ks.specs().create_from_file(at.join("spec.yaml")).send()?))
    }),
    ("specs.get", |ks, _| Ok(plain(&ks.specs().get("fix-failing-test").send()?))),
    ("specs.list", |ks, _| Ok(plain(&ks.specs().list().send()?))),
    ("specs.delete", |ks, _| ks.specs().delete("fix-failing-test").send().map(|()| Value::Null)),
    // Alerts.
    ("alerts.create", |ks, _| {
        let alert = NewAlert::new("pass-rate-drop", "pass_rate < 0.8");
        let alert = alert.notify("slack").slack_channel("#agent-alerts");
        Ok(plain(&ks.alerts().create(alert).send()?))
    }),
    ("alerts.create-all", |ks, _| {
        let alert = NewAlert::new("pass-rate-drop", "pass_rate < 0.8")
            .notify("webhook")
            .id("alert-1")
            .eval_id("fix-failing-test")
            .window("last_5_runs")
            .webhook_url("https://example.com/hook?a=b&c=d")
            .slack_channel("#agent-alerts");
        Ok(plain(&ks.alerts().create(alert).send()?))
    }),
    ("alerts.list", |ks, _| Ok(plain(&ks.alerts().list().send()?))),
    ("alerts.delete", |ks, _| ks.alerts().delete("alert_abc").send().map(|()| Value::Null)),
    // Scoring.
    ("scoring.create_rule", |ks, _| {
        let config = json!({"model": "paragon-fast", "rubric": {"pass": "right", "fail": "wrong"}});
        Ok(plain(&ks.scoring().create_rule("factuality", "llm_as_judge", config).send()?))
    }),
    ("scoring.list_rules", |ks, _| Ok(plain(&ks.scoring().list_rules().send()?))),
    ("scoring.delete_rule", |ks, _| {
        ks.scoring().delete_rule("rule_abc").send().map(|()| Value::Null)
    }),
    ("scoring.score_experiment", |ks, _| {
        Ok(plain(&ks.scoring().score_experiment("exp-old", ["rule_abc", "rule_def"]).send()?))
    }),
    ("scoring.get_scores", |ks, _| Ok(plain(&ks.scoring().get_scores("exp-old").send()?))),
    // Prompts.
    ("prompts.create", |ks, _| Ok(plain(&ks.prompts().create("greet", "Hello {name}").send()?))),
    ("prompts.create-all", |ks, _| {
        let prompt = ks.prompts().create("greet", "Hello {name}").tag("prod");
        let prompt = prompt.variable("name", "you").variable("deep", json!({"a": [1, null]}));
        Ok(plain(&prompt.metadata("owner", "zoë").send()?))
    }),
    ("prompts.get", |ks, _| Ok(plain(&ks.prompts().get("greet").send()?))),
    ("prompts.get-version", |ks, _| Ok(plain(&ks.prompts().get("greet").version(3).send()?))),
    ("prompts.get-tag", |ks, _| Ok(plain(&ks.prompts().get("greet").tag("prod").send()?))),
    ("prompts.get-both", |ks, _| {
        Ok(plain(&ks.prompts().get("greet").tag("prod").version(3).send()?))
    }),
    ("prompts.get-tag_slash", |ks, _| {
        Ok(plain(&ks.prompts().get("team/greet").tag("a/b").send()?))
    }),
    ("prompts.list", |ks, _| Ok(plain(&ks.prompts().list().send()?))),
    ("prompts.delete", |ks, _| ks.prompts().delete("prm_abc").send().map(|()| Value::Null)),
    ("prompts.render", |ks, _| {
        let variables = [("name", json!("Zoë")), ("n", json!(3)), ("deep", json!({"a": [1]}))];
        Ok(plain(&ks.prompts().render("prm_abc", variables).send()?))
    }),
];
