//! Worlds made from factors, 648 in the long form: where the MMSC listens, how the profile writes its place, how this
//! firmware says what, what a filter does with other ports, whether a proxy on port 80 accepts any address, how many connects may be
//! under way. What a rule must not know by heart is another in each: names, addresses, ports, access points, carriers, the firmware's
//! codes and times. The truth follows from the factors and is in no file.
//!
//! An ordinary run takes every seventh, in which any two values of two factors still meet; `MMSCOPE_LONG=1` (as `.ci/run` does) and
//! a release build take all.
use crate::story::Beginning;
use mmscope::bench::Probe;
use mmscope::diagnosis::References;
use mmscope::event::{Code, Confidence};
use mmscope::profile::Profile;
use mmscope::simulator::World;
use std::fmt::Write;

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

/// How the profile says where the MMSC is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    /// `http://host/path`
    Plain,
    /// `http://host:port/path`
    Port(u16),
    /// `http://host/path:8080`, and dialled so.
    BehindThePath,
    /// `http://host/path`, and the person insists on another port.
    Insisted(u16),
}

const WRITTEN: [Written; 4] = [
    Written::Plain,
    Written::BehindThePath,
    Written::Port(0),
    Written::Insisted(0),
];

impl Written {
    fn dialled(self) -> u16 {
        match self {
            Self::Plain => 80,
            Self::Port(port) | Self::Insisted(port) => port,
            Self::BehindThePath => 8080,
        }
    }
}

/// How this firmware tells refused, silent and unreachable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Speech {
    /// As documented: 4 for a reset, 10 for silence, 1 for unreachable.
    Documented,
    /// The words of two are exchanged.
    Exchanged,
    /// One code for all, at different times.
    OneCode,
    /// Refusals come at once, like those of the firmware itself.
    AtOnce,
    /// Codes and times of its own; silence ends before the limit.
    Own,
    /// One code for all, and all at the limit.
    OneWord,
}

const SPEECHES: [Speech; 6] = [
    Speech::Documented,
    Speech::Exchanged,
    Speech::OneCode,
    Speech::AtOnce,
    Speech::Own,
    Speech::OneWord,
];

/// Numbers that look as if they were drawn, the same in every run (splitmix64).
struct Dice(u64);

impl Dice {
    fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From `least` to `most`, both included.
    fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.number() % (most - least + 1)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.within(0, all.len() as u64 - 1)).unwrap()]
    }

    fn word(&mut self) -> String {
        let length = self.within(3, 9);
        let letters: Vec<char> = ('a'..='z').collect();
        (0..length).map(|_| self.of(&letters)).collect()
    }

    /// Private, or one of the documentation networks; never the addresses that the probe itself takes for black holes.
    fn address(&mut self) -> String {
        let last = self.within(2, 250);
        match self.within(0, 3) {
            0 => format!("192.0.2.{last}"),
            1 => format!("198.51.100.{last}"),
            _ => format!(
                "10.{}.{}.{last}",
                self.within(100, 190),
                self.within(0, 255)
            ),
        }
    }
}

/// What differs from world to world and must not matter.
#[derive(Debug)]
struct Scene {
    host: String,
    address: String,
    path: &'static str,
    apn: String,
    ours: String,
    resolver: String,
    public: (String, String),
    network: (&'static str, &'static str),
    other_name: Option<String>,
    firmware: String,
    signatures: [(&'static str, u64, String); 3],
    busy: (u64, u64),
    times: [u64; 4],
}

impl Scene {
    fn of(number: usize, speech: Speech) -> Self {
        let mut dice = Dice(number as u64);
        let names = ["mms", "mmsc", "wap", "mm1", "gw"];
        let ends = ["example", "test", "invalid", "example.net"];
        let name = |dice: &mut Dice| {
            let (first, last) = (dice.of(&names), dice.of(&ends));
            format!("{first}.{}.{last}", dice.word())
        };
        let apns = ["internet", "mms", "wap", "broadband"];
        let host = name(&mut dice);
        let other = name(&mut dice);
        Self {
            address: dice.address(),
            path: dice.of(&["/mms/wapenc", "/servlets/mms", "/mmsc"]),
            apn: match dice.within(0, 2) {
                0 => dice.of(&apns).to_owned(),
                1 => format!("{}.{}", dice.of(&apns), dice.word()),
                _ => dice.word(),
            },
            ours: format!("10.{}.{}.6", dice.within(20, 90), dice.within(0, 255)),
            resolver: format!("10.{}.{}.53", dice.within(200, 250), dice.within(0, 255)),
            public: (
                format!("{}.example.com", dice.word()),
                format!("203.0.113.{}", dice.within(2, 250)),
            ),
            network: dice.of(&[
                ("001-01", "001010123456789"),
                ("001-02", "001020123456789"),
                ("310-240", "310240000000123"),
                ("310-260", "310260000000123"),
                ("310-410", "310410000000123"),
                ("999-99", "999990000000123"),
            ]),
            other_name: (dice.within(0, 2) == 0).then_some(other),
            firmware: format!(
                "LE{:02}B{:02}SIM7600G{}",
                dice.within(10, 30),
                dice.within(1, 12),
                dice.within(10, 30)
            ),
            signatures: signatures(&mut dice, speech),
            busy: (dice.of(&[4, 9, 5]), dice.of(&[8, 4, 1])),
            times: [
                dice.within(5, 60),
                dice.within(100, 1200),
                dice.within(20, 350),
                dice.within(40, 500),
            ],
            host,
        }
    }
}

/// Shape, code and time of refused, silent and unreachable.
fn signatures(dice: &mut Dice, speech: Speech) -> [(&'static str, u64, String); 3] {
    let timeout = || "\"timeout\"".to_owned();
    let mut fast = || dice.within(300, 3000).to_string();
    let (a, b) = (fast(), fast());
    let mut codes = [1, 4, 5, 6, 9, 10, 11, 12];
    for at in (1..codes.len()).rev() {
        codes.swap(at, usize::try_from(dice.within(0, at as u64)).unwrap());
    }
    let [one, two, three, ..] = codes;
    match speech {
        Speech::Documented => [("late", 4, a), ("late", 10, timeout()), ("late", 1, b)],
        Speech::Exchanged => [("late", 10, timeout()), ("late", 4, a), ("late", 1, b)],
        Speech::OneCode => [("late", one, a), ("late", one, timeout()), ("late", one, b)],
        Speech::AtOnce => {
            let (a, b) = (dice.within(20, 120), dice.within(20, 120));
            [
                ("at_once", one, a.to_string()),
                ("late", two, timeout()),
                ("at_once", three, b.to_string()),
            ]
        }
        Speech::Own => {
            let silent = dice.within(6000, 12_000).to_string();
            [("late", one, a), ("late", two, silent), ("late", three, b)]
        }
        Speech::OneWord => [
            ("late", one, timeout()),
            ("late", one, timeout()),
            ("late", one, timeout()),
        ],
    }
}

struct Factors {
    number: usize,
    /// Where the MMSC was to listen; on port 80 a proxy stands in its way.
    listens: Option<u16>,
    port: Option<u16>,
    written: Written,
    speech: Speech,
    filter: &'static str,
    proxy: &'static str,
    parallel: bool,
}

/// One of so many is taken in an ordinary run; no factor has a multiple of it for its number of values.
const STRIDE: usize = 7;

impl Factors {
    /// Those of this run.
    fn of_this_run() -> Vec<Self> {
        let long = !cfg!(debug_assertions) || std::env::var_os("MMSCOPE_LONG").is_some();
        let stride = if long { 1 } else { STRIDE };
        Self::all().into_iter().step_by(stride).collect()
    }

    /// The values of the factors, by which combinations are compared.
    fn values(&self) -> [String; 6] {
        let written = match self.written {
            Written::Port(_) => Written::Port(0),
            Written::Insisted(_) => Written::Insisted(0),
            other => other,
        };
        [
            format!("{:?}", self.listens),
            format!("{written:?}"),
            format!("{:?}", self.speech),
            self.filter.to_owned(),
            self.proxy.to_owned(),
            self.parallel.to_string(),
        ]
    }

    /// Every other combination, in a fixed order.
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for listens in LISTENS {
            for written in WRITTEN {
                for speech in SPEECHES {
                    for filter in FILTERS {
                        for proxy in PROXIES {
                            let number = all.len();
                            let mut dice = Dice(!(number as u64));
                            all.push(Self {
                                number,
                                listens,
                                // A proxy that takes all of port 80 leaves no MMSC there to be found.
                                port: listens.filter(|p| *p != 80 || proxy.is_empty()),
                                written: match written {
                                    Written::Port(_) => {
                                        Written::Port(dice.of(&[8080, 8002, 9201, 7070]))
                                    }
                                    Written::Insisted(_) => {
                                        Written::Insisted(dice.of(&[8080, 443, 9028, 5080]))
                                    }
                                    written => written,
                                },
                                speech,
                                filter,
                                proxy,
                                parallel: (number / 2) % 4 != 3,
                            });
                        }
                    }
                }
            }
        }
        // Half of them: any two values of two factors meet in it.
        all.into_iter().step_by(2).collect()
    }

    fn profile(&self, scene: &Scene) -> Profile {
        let (host, path) = (&scene.host, scene.path);
        let url = match self.written {
            Written::Plain | Written::Insisted(_) => format!("http://{host}{path}"),
            Written::Port(port) => format!("http://{host}:{port}{path}"),
            Written::BehindThePath => format!("http://{host}{path}:8080"),
        };
        let mut mms = format!("pdn = 0\nmmsc = \"{url}\"\n");
        if let Written::BehindThePath | Written::Insisted(_) = self.written {
            writeln!(mms, "connect_port = {}", self.written.dialled()).unwrap();
        }
        if let Some(other) = &scene.other_name {
            writeln!(mms, "alternates = [\"http://{other}{path}\"]").unwrap();
        }
        let text = format!(
            "schema = 1\nid = \"test/generated\"\nname = \"Generated\"\n[[match]]\nmccmnc = \"{}\"\n[[pdn]]\nrole = [\"default\", \"mms\"]\napn = \"{}\"\ntype = \"IP\"\n[mms]\n{mms}",
            scene.network.0.replace('-', ""),
            scene.apn,
        );
        Profile::parse("generated", &text).unwrap()
    }

    fn world(&self, scene: &Scene) -> World {
        let (plmn, imsi) = scene.network;
        let digits = plmn.len() - 4;
        let [answer, activate, rtt, opens] = scene.times;
        let mut text = format!(
            "schema = 1\ndescription = \"generated\"\ntruth = \"\"\n[start]\nprofile = \"example/open\"\n[start.draft]\nto = \"+12025550123\"\ntext = \"x\"\n\
             [modem]\nrevision = \"{}\"\n[modem.timing]\nanswer_ms = {answer}\n[modem.quirks]\nparallel_opens = {}\n\
             [sim]\nimsi = \"{imsi}\"\nmnc_digits = {digits}\n[radio]\nmcc_mnc = \"{plmn}\"\n",
            scene.firmware, self.parallel
        );
        for (name, (shape, code, after)) in SPOKEN_OF.iter().zip(&scene.signatures) {
            writeln!(
                text,
                "[modem.signature.{name}]\nshape = \"{shape}\"\ncode = {code}\nafter_ms = {after}"
            )
            .unwrap();
        }
        let (link, stack) = scene.busy;
        let own = [
            ("open", "late", 0, opens),
            ("busy_link", "at_once", link, 20),
            ("busy_stack", "at_once", stack, 20),
        ];
        for (name, shape, code, after) in own {
            writeln!(
                text,
                "[modem.signature.{name}]\nshape = \"{shape}\"\ncode = {code}\nafter_ms = {after}"
            )
            .unwrap();
        }
        let (apn, ours, resolver) = (&scene.apn, &scene.ours, &scene.resolver);
        write!(
            text,
            "[[context]]\ncid = 1\ntype = \"IP\"\napn = \"{apn}\"\n\
             [[network.apn]]\nname = \"{apn}\"\nv4 = \"{ours}\"\nresolvers = [\"{resolver}\"]\nactivate_ms = {activate}\n"
        )
        .unwrap();
        let (public, public_at) = &scene.public;
        for (name, address) in [(&scene.host, &scene.address), (public, public_at)] {
            writeln!(
                text,
                "[[network.dns.name]]\nname = \"{name}\"\na = [\"{address}\"]"
            )
            .unwrap();
        }
        let mut route = |to: &str, ports: &str, outcome: &str, service: &str| {
            write!(
                text,
                "[[network.route]]\n{to}{ports}outcome = \"{outcome}\"\nrtt_ms = {rtt}\n"
            )
            .unwrap();
            if !service.is_empty() {
                writeln!(text, "service = \"{service}\"").unwrap();
            }
        };
        let mmsc = format!("to = \"{}\"\n", scene.address);
        if let Some(port) = self.port {
            route(&mmsc, &format!("ports = [{port}]\n"), "open", "mmsc");
        }
        let public = format!("to = \"{public_at}\"\n");
        route(&public, "ports = [80, 443]\n", "open", "http200");
        if !self.proxy.is_empty() {
            route("", "ports = [80]\n", "open", self.proxy);
        }
        let asked = format!("to = \"{resolver}\"\n");
        route(&asked, "ports = [53]\n", "open", "resolver");
        route(&mmsc, "", self.filter, "");
        World::parse("generated", &text).unwrap()
    }

    /// What is really the case; none where these factors leave it open.
    fn truth(&self) -> Option<Code> {
        let dialled = self.written.dialled();
        match self.port {
            // This path has a port at its end: the MMSC is reached and does not know it.
            Some(port) if port == dialled && self.written == Written::BehindThePath => {
                Some(Code::HttpReject)
            }
            Some(port) if port == dialled => Some(Code::Works),
            Some(_) => Some(Code::WrongPort),
            None if self.proxy == "http200" && dialled == 80 => Some(Code::Portal),
            None => None,
        }
    }

    fn says(&self, scene: &Scene) -> String {
        format!(
            "world {}: MMSC on {:?}, {:?}, {:?}, other ports {}, proxy {:?}, parallel {}; {scene:?}",
            self.number,
            self.port,
            self.written,
            self.speech,
            self.filter,
            self.proxy,
            self.parallel
        )
    }
}

/// The signatures that speak of the network, in the order of [`signatures`].
const SPOKEN_OF: [&str; 3] = ["refused", "silent", "unreachable"];

/// Every fourth combination, from `first` on.
async fn quarter(first: usize) {
    let (mut right, mut can_tell, mut wrong_but_sure) = (0, 0, Vec::new());
    let mut wrong = Vec::new();
    for factors in Factors::of_this_run().into_iter().skip(first).step_by(4) {
        let scene = Scene::of(factors.number, factors.speech);
        let (name, address) = &scene.public;
        let story = Beginning {
            own_profile: Some(factors.profile(&scene)),
            references: References {
                open: vec![
                    (name.clone(), 80),
                    (name.clone(), 443),
                    (address.clone(), 80),
                ],
                ..References::default()
            },
            ..Beginning::of(factors.world(&scene))
        }
        .open();
        let v = story.probe(Probe::default()).await;
        story.bench.close().await;
        let truth = factors.truth();
        let is_right = truth == Some(v.verdict);
        let says = || format!("{}: {} {}", factors.says(&scene), v.verdict, v.confidence);
        if !is_right && v.confidence == Confidence::High {
            wrong_but_sure.push(says());
        }
        if truth.is_some() {
            can_tell += 1;
            right += usize::from(is_right);
            if !is_right {
                wrong.push(says());
            }
        }
    }
    println!("{right} of {can_tell} right\n{}", wrong.join("\n"));
    assert_eq!(
        wrong_but_sure,
        Vec::<String>::new(),
        "wrong with high confidence"
    );
    // One of a small sample is more than the twentieth part of it, and says nothing of the whole.
    let left_open = can_tell - right;
    assert!(
        left_open <= 1.max(can_tell / 20),
        "{right} of {can_tell}: {wrong:#?}"
    );
}

#[test]
fn there_are_more_than_five_hundred_of_them() {
    assert!(Factors::all().len() > 500);
}

/// No name, address, firmware or table of signatures can be learned by heart.
#[test]
fn no_two_worlds_share_what_must_not_matter() {
    let scenes: Vec<Scene> = Factors::all()
        .iter()
        .map(|f| Scene::of(f.number, f.speech))
        .collect();
    let different = |of: &dyn Fn(&Scene) -> String| {
        let all: std::collections::BTreeSet<String> = scenes.iter().map(of).collect();
        all.len()
    };
    let table: [(&str, usize, usize); 6] = [
        ("names", different(&|s| s.host.clone()), scenes.len() - 5),
        ("addresses", different(&|s| s.address.clone()), 400),
        ("access points", different(&|s| s.apn.clone()), 400),
        ("firmwares", different(&|s| s.firmware.clone()), 400),
        ("carriers", different(&|s| s.network.0.to_owned()), 6),
        (
            "signatures",
            different(&|s| format!("{:?}", s.signatures)),
            400,
        ),
    ];
    for (what, found, least) in table {
        assert!(found >= least, "{what}: {found} different ones");
    }
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
