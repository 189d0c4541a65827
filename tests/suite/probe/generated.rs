//! Worlds made from factors, more than five hundred in the long form: where the MMSC listens, what the profile dials, how this firmware says what, what a
//! filter does with other ports, whether a proxy on port 80 accepts any address, how many connects may be under way.
//! The truth follows from the factors and is in no file.
//!
//! An ordinary run takes every fifth, in which any two values of two factors still meet; `MMSCOPE_LONG=1` (as `.ci/run` does) and
//! a release build take all.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::event::{Code, Confidence};
use mmscope::simulator::World;

/// Signatures of refused, silent and unreachable: documented, exchanged, all alike, at once, with times of their own.
const SIGNATURES: [[&str; 3]; 6] = [
    ["late 4 900", "late 10 timeout", "late 1 300"],
    ["late 10 timeout", "late 4 2100", "late 1 300"],
    ["late 4 700", "late 4 timeout", "late 4 600"],
    ["at_once 4 60", "late 10 timeout", "at_once 1 40"],
    ["late 12 1500", "late 9 8000", "late 6 1500"],
    ["late 1 timeout", "late 1 timeout", "late 1 timeout"],
];
const LISTENS: [Option<u16>; 6] = [
    Some(80),
    Some(8080),
    Some(443),
    Some(8002),
    Some(10021),
    None,
];
const FILTERS: [&str; 3] = ["refused", "silent", "unreachable"];
const PROXIES: [&str; 3] = ["", "closed", "http200"];

struct Factors {
    /// Where the MMSC was to listen; on port 80 a proxy stands in its way.
    listens: Option<u16>,
    port: Option<u16>,
    profile: &'static str,
    signature: [&'static str; 3],
    filter: &'static str,
    proxy: &'static str,
    parallel: bool,
}

/// One of so many is taken in an ordinary run; no factor has a multiple of it for its number of values.
const STRIDE: usize = 5;

impl Factors {
    /// Those of this run.
    fn of_this_run() -> Vec<Self> {
        let long = !cfg!(debug_assertions) || std::env::var_os("MMSCOPE_LONG").is_some();
        let stride = if long { 1 } else { STRIDE };
        Self::all().into_iter().step_by(stride).collect()
    }

    /// The values of the factors, by which combinations are compared.
    fn values(&self) -> [String; 6] {
        [
            format!("{:?}", self.listens),
            self.profile.to_owned(),
            self.signature.join(","),
            self.filter.to_owned(),
            self.proxy.to_owned(),
            self.parallel.to_string(),
        ]
    }

    /// Every combination, in a fixed order.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for port in LISTENS {
            for profile in ["example/open", "example/mint-as-configured"] {
                for signature in SIGNATURES {
                    for filter in FILTERS {
                        for proxy in PROXIES {
                            // A proxy that takes all of port 80 leaves no MMSC there to be found.
                            let parallel = (all.len() % 4) != 3;
                            all.push(Self {
                                listens: port,
                                port: port.filter(|p| *p != 80 || proxy.is_empty()),
                                profile,
                                signature,
                                filter,
                                proxy,
                                parallel,
                            });
                        }
                    }
                }
            }
        }
        all
    }

    fn host(&self) -> (&'static str, &'static str) {
        match self.profile {
            "example/open" => ("mmsc.example", "internet"),
            _ => ("wholesale.mmsmvno.com", "Wholesale"),
        }
    }

    fn world(&self) -> World {
        let (host, apn) = self.host();
        let mut text = format!(
            "schema = 1\ndescription = \"generated\"\n[start]\nprofile = \"{}\"\n[start.draft]\nto = \"+12025550123\"\ntext = \"x\"\n",
            self.profile
        );
        for (name, signature) in ["refused", "silent", "unreachable"]
            .iter()
            .zip(self.signature)
        {
            let parts: Vec<&str> = signature.split(' ').collect();
            let after = match parts[2] {
                "timeout" => "\"timeout\"".to_owned(),
                ms => ms.to_owned(),
            };
            text += &format!(
                "[modem.signature.{name}]\nshape = \"{}\"\ncode = {}\nafter_ms = {after}\n",
                parts[0], parts[1]
            );
        }
        text += &format!("[modem.quirks]\nparallel_opens = {}\n", self.parallel);
        text += &format!("[[context]]\ncid = 1\ntype = \"IP\"\napn = \"{apn}\"\n");
        text += &format!(
            "[[network.apn]]\nname = \"{apn}\"\nv4 = \"10.64.12.6\"\nresolvers = [\"10.64.0.53\"]\n"
        );
        for (name, address) in [(host, "192.0.2.80"), ("example.com", "203.0.113.10")] {
            text += &format!("[[network.dns.name]]\nname = \"{name}\"\na = [\"{address}\"]\n");
        }
        let mut route = |to: &str, ports: &str, outcome: &str, service: &str| {
            text += &format!("[[network.route]]\n{to}{ports}outcome = \"{outcome}\"\n");
            if !service.is_empty() {
                text += &format!("service = \"{service}\"\n");
            }
        };
        if let Some(port) = self.port {
            route(
                "to = \"192.0.2.80\"\n",
                &format!("ports = [{port}]\n"),
                "open",
                "mmsc",
            );
        }
        route(
            "to = \"203.0.113.10\"\n",
            "ports = [80, 443]\n",
            "open",
            "http200",
        );
        if !self.proxy.is_empty() {
            route("", "ports = [80]\n", "open", self.proxy);
        }
        route(
            "to = \"10.64.0.53\"\n",
            "ports = [53]\n",
            "open",
            "resolver",
        );
        route("to = \"192.0.2.80\"\n", "", self.filter, "");
        World::parse("generated", &text).unwrap()
    }

    /// What is really the case; none where these factors leave it open.
    fn truth(&self) -> Option<Code> {
        let dialled = match self.profile {
            "example/open" => 80,
            _ => 8080,
        };
        match self.port {
            // The path of this profile has a port at its end: the MMSC is reached and does not know it.
            Some(port) if port == dialled && dialled == 8080 => Some(Code::HttpReject),
            Some(port) if port == dialled => Some(Code::Works),
            Some(_) => Some(Code::WrongPort),
            None if self.proxy == "http200" && dialled == 80 => Some(Code::Portal),
            None => None,
        }
    }

    fn says(&self) -> String {
        format!(
            "MMSC on {:?}, {}, {:?}, other ports {}, proxy {:?}, parallel {}",
            self.port, self.profile, self.signature, self.filter, self.proxy, self.parallel
        )
    }
}

/// Every fourth combination, from `first` on.
async fn quarter(first: usize) {
    let (mut right, mut can_tell, mut wrong_but_sure) = (0, 0, Vec::new());
    let mut wrong = Vec::new();
    for factors in Factors::of_this_run().into_iter().skip(first).step_by(4) {
        let story = Beginning::of(factors.world()).open();
        let v = story.probe(Probe::default()).await;
        story.bench.close().await;
        let truth = factors.truth();
        let is_right = truth == Some(v.verdict);
        if !is_right && v.confidence == Confidence::High {
            wrong_but_sure.push(format!("{}: {}", factors.says(), v.verdict));
        }
        if truth.is_some() {
            can_tell += 1;
            right += usize::from(is_right);
            if !is_right {
                wrong.push(format!(
                    "{}: {} {}",
                    factors.says(),
                    v.verdict,
                    v.confidence
                ));
            }
        }
    }
    println!("{right} of {can_tell} right\n{}", wrong.join("\n"));
    assert_eq!(
        wrong_but_sure,
        Vec::<String>::new(),
        "wrong with high confidence"
    );
    assert!(
        right * 100 >= can_tell * 95,
        "{right} of {can_tell}: {wrong:#?}"
    );
}

#[test]
fn there_are_more_than_five_hundred_of_them() {
    assert!(Factors::all().len() > 500);
}

/// What an ordinary run leaves out, it leaves out evenly.
#[test]
fn any_two_values_of_two_factors_meet_in_every_run() {
    let pairs = |all: &[Factors]| {
        let mut met = std::collections::BTreeSet::new();
        for factors in all {
            let values = factors.values();
            for (one, other) in (0..values.len()).flat_map(|i| (0..i).map(move |j| (i, j))) {
                met.insert((one, other, values[one].clone(), values[other].clone()));
            }
        }
        met
    };
    let few: Vec<Factors> = Factors::all().into_iter().step_by(STRIDE).collect();
    assert_eq!(pairs(&few), pairs(&Factors::all()));
}

#[tokio::test(start_paused = true)]
async fn the_first_quarter() {
    quarter(0).await;
}

#[tokio::test(start_paused = true)]
async fn the_second_quarter() {
    quarter(1).await;
}

#[tokio::test(start_paused = true)]
async fn the_third_quarter() {
    quarter(2).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_quarter() {
    quarter(3).await;
}
