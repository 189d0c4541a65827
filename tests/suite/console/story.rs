//! Sessions written out as stories: events in order, from which `Known`, the traffic and the frames follow.
use mmscope::console::{
    Bench, Colours, CompareRow, Draft, Effect, Fitted, Flags, Measured, Mend, Message, ProfileRow,
    SmsCoding, SmsSize, State, Theme, update,
};
use mmscope::event::*;
use mmscope::known::{Known, Probe};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::sync::Arc;

/// A session as it is told: what happens, and when.
pub struct Story {
    pub events: Vec<Arc<Event>>,
    known: Known,
    ms: u64,
    exchange: u64,
    send: u64,
    probe: u64,
}

impl Story {
    pub fn new() -> Self {
        let mut story = Self {
            events: Vec::new(),
            known: Known::default(),
            ms: 0,
            exchange: 0,
            send: 0,
            probe: 0,
        };
        story.tell(What::Session(Session {
            format: 1,
            program: "0.1.0".into(),
            world: Some("mint".into()),
            speed: 1.0,
        }));
        story
    }

    /// Time passes.
    pub fn wait(&mut self, ms: u64) -> &mut Self {
        self.ms += ms;
        self
    }

    pub fn tell(&mut self, what: What) -> &mut Self {
        let s = self.ms / 1000;
        let event = Event {
            id: self.events.len() as u64 + 1,
            at: format!(
                "2026-11-22T12:{:02}:{:02}.{:03}Z",
                1 + s / 60,
                s % 60,
                self.ms % 1000
            ),
            ms: self.ms,
            what,
        };
        self.known.apply(&event);
        self.events.push(Arc::new(event));
        self
    }

    pub fn known(&self) -> Arc<Known> {
        Arc::new(self.known.clone())
    }

    fn line(&mut self, dir: Direction, role: Role, text: &str, after_ms: Option<u64>) -> &mut Self {
        let exchange = (role != Role::Urc).then_some(self.exchange);
        self.tell(What::Line(Line {
            dir,
            role,
            text: text.into(),
            exchange,
            after_ms,
        }))
    }

    /// A command and its answers; the last one is the final code, `late` what comes after it.
    pub fn at(
        &mut self,
        command: &str,
        ms: u64,
        answers: &[&str],
        late: Option<(u64, &str)>,
    ) -> &mut Self {
        self.exchange += 1;
        self.line(Direction::Tx, Role::Command, command, None);
        self.wait(ms);
        for (n, answer) in answers.iter().enumerate() {
            let role = if n + 1 == answers.len() {
                Role::Final
            } else {
                Role::Answer
            };
            self.line(Direction::Rx, role, answer, Some(ms));
        }
        if let Some((late_ms, text)) = late {
            self.wait(late_ms - ms);
            self.line(Direction::Rx, Role::Late, text, Some(late_ms));
        }
        self
    }

    pub fn urc(&mut self, text: &str) -> &mut Self {
        self.line(Direction::Rx, Role::Urc, text, None)
    }

    /// The bench of the first attempt: a SIM7600G-H with a Mint SIM.
    pub fn bench(&mut self) -> &mut Self {
        self.wait(12).tell(What::Serial(SerialChange {
            name: "world mint".into(),
            state: SerialState::Open,
        }));
        self.at(
            "ATI",
            14,
            &[
                "Manufacturer: SIMCOM INCORPORATED",
                "Model: SIMCOM_SIM7600G-H",
                "OK",
            ],
            None,
        );
        self.tell(What::Modem(Identity {
            manufacturer: "SIMCOM INCORPORATED".into(),
            model: "SIMCOM_SIM7600G-H".into(),
            firmware: "LE20B04SIM7600G22".into(),
            imei: Imei::new("490154203237518").masked(),
        }));
        self.at("AT+CPIN?", 11, &["+CPIN: READY", "OK"], None);
        self.tell(What::Sim(Sim {
            state: SimState::Ready,
            home: Some("310-240".into()),
            imsi: Some(Imsi::new("310240000000123").masked()),
            iccid: Some(Iccid::new("8901240000000000123").masked()),
            number: None,
            gid1: Some("756D".into()),
            spn: Some("Mint".into()),
        }));
        self.at("AT+CEREG?", 12, &["+CEREG: 0,1", "OK"], None);
        self.tell(What::Registration(Registration {
            cs: Some(1),
            ps: Some(1),
            eps: Some(1),
            operator: Some("T-Mobile".into()),
            attached: Some(true),
        }));
        for rsrp in [-1010, -1000, -960, -940, -930, -950, -930] {
            self.wait(900).tell(What::Signal(Signal {
                rssi_dbm: Some(-71),
                system: Some("LTE".into()),
                plmn: Some("310-260".into()),
                band: Some("EUTRAN-BAND66".into()),
                rsrp_ddbm: Some(rsrp),
                rsrq_ddb: Some(-105),
                snr_db: Some(12),
                cell: Some("52467969".into()),
            }));
        }
        self.at("AT+CSQ", 13, &["+CSQ: 21,99", "OK"], None);
        self.contexts(false)
    }

    pub fn contexts(&mut self, active: bool) -> &mut Self {
        let context = |cid, pdp_type, apn: &str| Context {
            cid,
            pdp_type,
            apn: apn.into(),
            ..Context::default()
        };
        let mut first = context(1, PdpType::Ipv4v6, "Wholesale");
        if active {
            first.active = true;
            first.addresses = vec!["48.31.195.38".into()];
            first.granted = Some(Granted {
                apn: "Wholesale.mnc260.mcc310.gprs".into(),
                gateway: Some("10.177.0.34".into()),
                dns: vec!["10.177.0.34".into()],
            });
        }
        let contexts = vec![
            first,
            context(2, PdpType::Ipv4v6, "ims"),
            context(4, PdpType::Ipv4v6, "tmus"),
        ];
        self.tell(What::Contexts(ContextList { contexts }))
    }

    pub fn profile(&mut self, row: &ProfileRow) -> &mut Self {
        self.tell(What::Profile(ProfileInUse {
            id: row.id.clone(),
            name: row.name.clone(),
            apn: row.apn.clone(),
            pdp_type: PdpType::from_at(&row.pdp_type),
            mmsc: row.mmsc.clone(),
            dials: row.dials.clone(),
            lints: row.lints.clone(),
        }))
    }

    fn stage(&mut self, stage: Stage, state: StageState, stage_ms: u64) -> &mut Self {
        let send = self.send;
        self.tell(What::Stage(StageStep {
            fetch: None,
            send,
            stage,
            state,
            stage_ms,
            evidence: Vec::new(),
        }))
    }

    pub fn done(&mut self, stage: Stage, ms: u64, says: &str) -> &mut Self {
        self.stage(stage, StageState::Started { limit_ms: None }, 0);
        self.wait(ms);
        self.stage(stage, StageState::Done { says: says.into() }, ms)
    }

    /// A send up to the address of the MMSC.
    pub fn sends_up_to_connect(&mut self, profile: &str, port: u16) -> &mut Self {
        self.send += 1;
        let send = self.send;
        self.wait(4_000)
            .tell(What::Message(mmscope::event::Message {
                send,
                to: vec![Msisdn::new("+12025550123").masked()],
                characters: 827,
                transaction_id: format!("T{send}"),
                profile: profile.into(),
                ..Default::default()
            }));
        self.done(Stage::Encode, 1, "M-Send.req 1 004 B, 1 part");
        let octets = request(&format!("T{send}"));
        self.pdu(Direction::Tx, octets);
        self.done(Stage::Port, 4, "world mint answers");
        self.done(Stage::Sim, 21, "ready, 310-240");
        self.done(Stage::Register, 38, "home, LTE");
        self.done(Stage::Attach, 19, "attached");
        self.done(
            Stage::Bearer,
            1_204,
            "cid 1 asked Wholesale, granted the same",
        );
        self.contexts(true);
        self.tell(What::Stack(Stack {
            open: true,
            cid: Some(1),
            address: Some("48.31.195.38".into()),
            proven: Some(true),
        }));
        self.at("AT+NETOPEN", 22, &["OK"], Some((880, "+NETOPEN: 0")));
        self.done(Stage::Stack, 901, "IPADDR 48.31.195.38 = CGPADDR(1)");
        let name = "wholesale.mmsmvno.com";
        self.at(
            &format!("AT+CDNSGIP=\"{name}\""),
            410,
            &[
                "+CDNSGIP: 1,\"wholesale.mmsmvno.com\",\"10.175.85.144\"",
                "OK",
            ],
            None,
        );
        self.tell(What::Lookup(Lookup {
            name: name.into(),
            family: "A".into(),
            resolver: "module".into(),
            outcome: LookupOutcome::Addresses(vec!["10.175.85.144".into()]),
            ms: 410,
        }));
        self.done(Stage::Resolve, 412, "wholesale.mmsmvno.com: 10.175.85.144");
        self.stage(
            Stage::Connect,
            StageState::Started {
                limit_ms: Some(30_000),
            },
            0,
        );
        self.link(port, LinkState::Opening, 0)
    }

    /// A PDU of the send that runs.
    pub fn pdu(&mut self, dir: Direction, octets: Vec<u8>) -> &mut Self {
        let send = Some(self.send);
        self.tell(What::Pdu(PduSeen {
            dir,
            send,
            octets: Octets(octets.into()),
        }))
    }

    fn link(&mut self, port: u16, state: LinkState, ms: u64) -> &mut Self {
        let open = !matches!(state, LinkState::Opening | LinkState::Failed { .. });
        self.tell(What::Link(Link {
            number: 0,
            host: "10.175.85.144".into(),
            port,
            cid: Some(1),
            state,
            sent: if open { 1_241 } else { 0 },
            received: if open { 268 } else { 0 },
            ms,
        }))
    }

    /// The failure of the first attempt: a late 4.
    pub fn late_four(&mut self) -> &mut Self {
        self.at(
            "AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080",
            18,
            &["OK"],
            Some((2_100, "+CIPOPEN: 0,4")),
        );
        let what = "10.175.85.144:8080 did not open: +CIPOPEN: 0,4 after OK";
        self.link(
            8080,
            LinkState::Failed {
                code: Some(4),
                shape: Shape::Late,
                what: "operation not supported".into(),
            },
            2_100,
        );
        let failure = Failure {
            what: what.into(),
            raw: "+CIPOPEN: 0,4".into(),
            means: "4 - operation not supported (manual wording); the connect failed and the modem does not say why. \
                    Nothing here shows that the carrier blocks it."
                .into(),
            advice: "The profile dials port 8080 because of a port behind the path: send through us/mint, which dials 80."
                .into(),
        };
        self.stage(Stage::Connect, StageState::Failed(failure.clone()), 2_103);
        let send = self.send;
        self.tell(What::Result(SendResult {
            send,
            stage: Some(Stage::Connect),
            duration_ms: 4_703,
            exchanges: 31,
            size: Some(1_004),
            error: Some(failure),
            ..SendResult::default()
        }))
    }

    /// The connect runs since so many milliseconds.
    pub fn connecting(&mut self, ms: u64) -> &mut Self {
        self.exchange += 1;
        self.line(
            Direction::Tx,
            Role::Command,
            "AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",8080",
            None,
        );
        self.wait(18)
            .line(Direction::Rx, Role::Final, "OK", Some(18));
        self.wait(ms - 18).urc("+CSQ: 20,99")
    }

    /// M-Send.conf Ok, and the bubble.
    pub fn delivered(&mut self, text: &str) -> &mut Self {
        self.at(
            "AT+CIPOPEN=0,\"TCP\",\"10.175.85.144\",80",
            19,
            &["OK"],
            Some((310, "+CIPOPEN: 0,0")),
        );
        self.link(80, LinkState::Open, 310);
        self.stage(
            Stage::Connect,
            StageState::Done {
                says: "10.175.85.144:80, link 0".into(),
            },
            312,
        );
        let send = self.send;
        let http = |step| What::Http(HttpStep { send, step });
        let headers = |h: &[(&str, &str)]| {
            h.iter()
                .map(|(n, v)| ((*n).into(), (*v).into()))
                .collect::<Vec<(String, String)>>()
        };
        self.tell(http(HttpPart::Request {
            line: "POST /mms/wapenc HTTP/1.1".into(),
            headers: headers(&[
                ("Host", "wholesale.mmsmvno.com"),
                ("Content-Type", "application/vnd.wap.mms-message"),
                ("Content-Length", "1004"),
            ]),
            body: 1_004,
        }));
        self.tell(http(HttpPart::Answer {
            status: 200,
            line: "HTTP/1.1 200 OK".into(),
            headers: headers(&[
                ("Content-Type", "application/vnd.wap.mms-message"),
                ("Content-Length", "41"),
            ]),
            body: 41,
            begins: "\\x8c\\x81\\x98T2\\x00\\x8d\\x92\\x92\\x80".into(),
        }));
        let mut answer = b"\x8c\x81\x98T2\0\x8d\x92\x92\x80\x8b".to_vec();
        answer.extend(b"m-0001@mmsc.example\0");
        self.pdu(Direction::Rx, answer);
        self.done(Stage::Post, 840, "HTTP 200, 41 B");
        self.done(Stage::Confirm, 1, "M-Send.conf Ok");
        self.tell(What::Bubble(Bubble {
            phone: Msisdn::new("+12025550123").masked(),
            from: Msisdn::new("+12025550199").masked(),
            subject: None,
            text: text.into(),
            others: Vec::new(),
        }));
        self.done(Stage::Deliver, 640, "1 bubble");
        self.tell(What::Result(SendResult {
            send,
            ok: true,
            stage: Some(Stage::Confirm),
            http_status: Some(200),
            response_status: Some(128),
            response_status_name: Some("Ok".into()),
            message_id: Some("m-0001@mmsc.example".into()),
            size: Some(1_004),
            duration_ms: 3_840,
            exchanges: 34,
            ..SendResult::default()
        }))
    }
}

/// The M-Send.req of these stories, with a copy and the options that are seldom asked for.
fn request(transaction_id: &str) -> Vec<u8> {
    use mmscope::mms::{Options, Part, Priority, SendReq, Time};
    let mut request = SendReq::new(transaction_id);
    request.to = vec!["+12025550123".into()];
    request.cc = vec!["someone@mail.example.com".into()];
    request.subject = Some("From the bench".into());
    request.options = Options {
        priority: Some(Priority::High),
        expiry: Some(Time::after(86_400)),
        read_report: Some(true),
        ..Options::default()
    };
    request.parts.push(Part::plain_text(long_text()));
    request.encode().unwrap()
}

/// The long text that should be one bubble: 827 characters of GSM-7.
pub fn long_text() -> String {
    let sentence =
        "This is the long text that should arrive on the phone as one bubble, whole and readable. ";
    sentence.repeat(10).chars().take(827).collect()
}

/// The profiles of the first attempt, and two that mend it.
pub fn profiles() -> Vec<ProfileRow> {
    let row =
        |id: &str, name: &str, apn: &str, pdp: &str, mmsc: &str, dials: &str, fits| ProfileRow {
            id: id.into(),
            name: name.into(),
            apn: apn.into(),
            pdp_type: pdp.into(),
            mmsc: mmsc.into(),
            dials: dials.into(),
            fits: Some(fits),
            beside: None,
            lints: Vec::new(),
        };
    let mint = "http://wholesale.mmsmvno.com/mms/wapenc";
    let mut configured = row(
        "example/mint-as-configured",
        "Mint Mobile, as it was configured",
        "Wholesale",
        "IP",
        "http://wholesale.mmsmvno.com/mms/wapenc:8080",
        "wholesale.mmsmvno.com:8080",
        true,
    );
    configured.lints = vec![
        ProfileLint {
            id: "P01".into(),
            severity: "error".into(),
            offending: ":8080".into(),
            says: "stands after the path, where it is no port but part of the path.".into(),
            fix: "Write the port after the host, or leave it out.".into(),
        },
        ProfileLint {
            id: "P02".into(),
            severity: "warning".into(),
            offending: "connect_port = 8080".into(),
            says: "is dialled, but the URL's own port is 80.".into(),
            fix: "Remove connect_port.".into(),
        },
    ];
    vec![
        configured,
        row(
            "us/mint",
            "Mint Mobile",
            "Wholesale",
            "IPV4V6",
            mint,
            "wholesale.mmsmvno.com:80",
            true,
        ),
        row(
            "us/t-mobile",
            "T-Mobile US",
            "fast.t-mobile.com",
            "IPV6",
            "http://mms.msg.eng.t-mobile.com/mms/wapenc",
            "mms.msg.eng.t-mobile.com:80",
            false,
        ),
    ]
}

/// What the room sms will say, for the texts of these stories: GSM-7 unless a character is beyond Latin-1.
fn measure(draft: &Draft, profile: Option<&str>, _: Option<&Sim>) -> Measured {
    let n = draft.text.chars().count();
    let mut forcing: Vec<char> = draft
        .text
        .chars()
        .filter(|c| u32::from(*c) > 0xff)
        .collect();
    forcing.dedup();
    let (coding, one, each) = if forcing.is_empty() {
        (SmsCoding::Gsm7, 160, 153)
    } else {
        (SmsCoding::Ucs2, 70, 67)
    };
    let parts = |one: usize, each: usize| {
        if n <= one {
            usize::from(n > 0)
        } else {
            n.div_ceil(each)
        }
    };
    let count = parts(one, each);
    Measured {
        pdu: if draft.text.is_empty() {
            Err("nothing to send: the text is empty".into())
        } else {
            Ok(177 + draft.text.len())
        },
        limit: profile.map(|_| 1_048_576),
        warn_at: 5_000,
        sms: SmsSize {
            parts: count,
            coding,
            left: (count.max(1) * if count > 1 { each } else { one }) - n,
            parts_without: (!forcing.is_empty()).then(|| parts(160, 153)),
            forcing,
        },
        ..Measured::default()
    }
}

/// What a limit makes of pictures in these stories: half of each.
fn halved(draft: &Draft, _: Option<&str>) -> Fitted {
    let mut attachments = draft.attachments.clone();
    let mut changes = Vec::new();
    for (n, file) in attachments.iter_mut().enumerate() {
        if file.content_type.starts_with("image/") {
            let before = file.data.len();
            file.data.truncate(before / 2);
            changes.push((
                n,
                format!("{before} B 400×300, scaled to {} B 200×150", before / 2),
            ));
        }
    }
    Fitted {
        attachments,
        changes,
    }
}

/// What the room at will say, for the lines of these stories.
fn meaning(line: &str, command: Option<&str>, _: Shape) -> Option<String> {
    Some(match (line, command) {
        ("+CIPOPEN: 0,4", _) => {
            "late result: connect failed, 4 = operation not supported; the cause is not reported"
                .into()
        }
        ("+CIPOPEN: 0,0", _) => "link 0 is open".into(),
        ("+NETOPEN: 0", Some("AT+NETOPEN")) => "the socket stack is open".into(),
        ("+CSQ: 21,99", _) => "-71 dBm".into(),
        ("+CEREG: 0,1", _) => "registered, home".into(),
        _ => return None,
    })
}

pub fn draft() -> Draft {
    Draft {
        to: vec!["+12025550123".into()],
        text: long_text(),
        ..Draft::default()
    }
}

/// A console before anything happened.
pub fn console(draft: &Draft, theme: Theme) -> State {
    let flags = Flags {
        world: Some("mint".into()),
        recording: Some("session.jsonl".into()),
        keeps: true,
        utc_offset_minutes: 0,
        ..Flags::default()
    };
    let bench = Bench {
        letter: Arc::new(letter),
        recipients: Arc::new(|_| Vec::new()),
        own: Arc::new(|_| Err("it is kept nowhere here".into())),
        interfaces: Arc::new(|| {
            let offer = |name: &str| mmscope::console::panel::Offer {
                fills: name.into(),
                says: format!("{name} (up)"),
            };
            ["eth0", "wwan0"].map(offer).to_vec()
        }),
        is_free: Arc::new(|| false),
        measure: Arc::new(measure),
        meaning,
        mend: Arc::new(|id, fix| match fix {
            Fix::Mmsc { url } => Some(Mend {
                id: format!("{id}-mended"),
                says: format!("uses a copy of {id} with mmsc = {url}, held for this session"),
            }),
            _ => None,
        }),
        varying: |_, said| {
            let ended = |result: &Option<SendResult>| match result {
                Some(_) => "ended".to_owned(),
                None => String::new(),
            };
            let row = CompareRow {
                name: "outcome".into(),
                values: said.iter().map(|(_, result)| ended(result)).collect(),
                ..CompareRow::default()
            };
            (vec![row], None)
        },
        fit: Arc::new(halved),
        encode: Arc::new(|_, _, _| None),
        compare: |probes| {
            let values = |f: fn(&Probe) -> String| probes.iter().map(|p| f(p)).collect::<Vec<_>>();
            let behind = |p: &&Probe| {
                let first = p.verdict.as_ref().and_then(|v| v.evidence.first());
                first.map_or_else(Vec::new, |e| [&[e.id][..], &e.rests_on].concat())
            };
            let row = |name: &str, values: Vec<String>| CompareRow {
                name: name.into(),
                differs: values.windows(2).any(|w| w[0] != w[1]),
                values,
                behind: probes.iter().map(behind).collect(),
            };
            vec![
                row("APN asked", values(|_| "Wholesale".into())),
                row("port", values(|p| p.began.profile.len().to_string())),
            ]
        },
    };
    State::new(profiles(), draft, flags, theme, bench)
}

/// The console of a story, as it stands at the story's end.
pub fn at_the_end(story: &Story) -> State {
    let mut state = console(&draft(), Theme::new(Colours::Sixteen, false));
    hear(&mut state, story);
    state
}

/// Hands the whole story to a console.
pub fn hear(state: &mut State, story: &Story) -> Vec<Effect> {
    let mut effects = update(state, Message::Known(story.known()));
    effects.extend(update(state, Message::Traffic(story.events.clone())));
    effects
}

/// The screen of a console at this size.
pub fn screen(state: &mut State, width: u16, height: u16) -> Buffer {
    update(state, Message::Resize(width, height));
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|f| mmscope::console::view(state, f)).unwrap();
    terminal.backend().buffer().clone()
}

/// A frame as text, one row a line, without what is blank at the right.
pub fn rows(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            row.push_str(symbol);
            x += (unicode_width::UnicodeWidthStr::width(symbol).max(1)) as u16;
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

impl Story {
    fn experiment(&mut self, id: &str, title: &str, tells: &str, state: ExperimentState) {
        let probe = self.probe;
        self.tell(What::Experiment(ExperimentStep {
            probe,
            experiment: id.into(),
            title: title.into(),
            tells: tells.into(),
            cost_ms: 15_000,
            side_effect: 1,
            state,
        }));
    }

    /// A connection of a probe: its exchange, its fact, and its experiment's end.
    fn tries(&mut self, experiment: &str, target: Target, ms: u64, code: u8, class: Class) -> Cell {
        let command = format!("AT+CIPOPEN=1,\"TCP\",\"{}\",{}", target.host, target.port);
        let late = format!("+CIPOPEN: 1,{code}");
        self.at(&command, 20, &["OK"], Some((ms, &late)));
        let (probe, number) = (self.probe, self.exchange);
        self.tell(What::Exchange(Exchange {
            number,
            command: command.clone(),
            lines: vec![late.clone()],
            raw: 0,
            ending: Ending::Final("OK".into()),
            shape: Shape::Late,
            final_ms: 20,
            late_ms: Some(ms),
            since: 0,
            purpose: "probe".into(),
        }));
        let ended = self.events.len() as u64;
        let on = On {
            cid: Some(1),
            apn_asked: "Wholesale".into(),
            pdp_type: PdpType::Ip,
            proven: Some(true),
            ..On::default()
        };
        let attempt = Attempt {
            on: on.clone(),
            target: target.clone(),
            command,
            raw: late,
            code: Some(code),
            shape: Shape::Late,
            ms: Some(ms),
            limit_ms: Some(15_000),
            class,
            calibration: Vec::new(),
            rsrp_ddbm: Some(-930),
        };
        self.tell(What::Fact(Fact {
            probe,
            experiment: experiment.into(),
            rests_on: vec![ended],
            found: Found::Attempt(attempt),
        }));
        let id = self.events.len() as u64;
        let title = format!("{} {target}", target.role.words());
        let says = format!("code {code} after {ms} ms");
        self.experiment(experiment, &title, "", ExperimentState::Done { says });
        Cell {
            id,
            on,
            target,
            class,
            ms: Some(ms),
            http: None,
            void: None,
        }
    }

    /// A probe up to the moment at which one connection is under way.
    pub fn examining(&mut self) -> Vec<Cell> {
        self.probe += 1;
        let probe = self.probe;
        self.wait(2_000).tell(What::Probe(ProbeBegan {
            probe,
            profile: "example/mint-as-configured".into(),
            depth: Depth::Quick,
        }));
        let done = |says: &str| ExperimentState::Done { says: says.into() };
        self.experiment("E00", "SIM", "", done("ready"));
        self.experiment(
            "E03",
            "Context with Wholesale",
            "",
            done("cid 1: asked Wholesale (IP), granted Wholesale, 48.31.195.38"),
        );
        let target = |role, host: &str, port| Target {
            role,
            name: None,
            host: host.into(),
            port,
        };
        let cells = vec![
            self.tries(
                "E05",
                target(TargetRole::Reference, "203.0.113.10", 80),
                477,
                0,
                Class::Open,
            ),
            self.tries(
                "E15",
                target(TargetRole::Mmsc, "10.175.85.144", 8080),
                2_325,
                4,
                Class::Unknown,
            ),
        ];
        let standing = |verdict| {
            let (standing, why) = match verdict {
                Code::ModemSilent | Code::SimProblem | Code::NoCoverage => {
                    (Standing::Excluded, "the modem is registered")
                }
                Code::ModuleStack => (
                    Standing::Weakened,
                    "the stack is proved, and a control opened over it",
                ),
                _ => (Standing::Open, "nothing speaks against it"),
            };
            Hypothesis {
                verdict,
                standing,
                why: why.into(),
            }
        };
        let all = Code::ALL[..22].iter().map(|c| standing(*c)).collect();
        self.tell(What::Hypotheses(Hypotheses { probe, all }));
        self.experiment(
            "E14",
            "MMSC 10.175.85.144:80",
            "whether another port of the MMSC answers",
            ExperimentState::Running,
        );
        self.experiment(
            "E07",
            "black hole (control) 192.0.2.1:80",
            "how an address ends at which nobody answers",
            ExperimentState::Planned,
        );
        cells
    }

    /// The rest of that probe: the port is wrong.
    pub fn wrong_port(&mut self, mut cells: Vec<Cell>) -> &mut Self {
        let target = |role, host: &str| Target {
            role,
            name: None,
            host: host.into(),
            port: 80,
        };
        let mut open = self.tries(
            "E14",
            target(TargetRole::Mmsc, "10.175.85.144"),
            785,
            0,
            Class::Open,
        );
        open.http = Some("200, as an MMSC".into());
        cells.push(open);
        let mut silent = self.tries(
            "E07",
            target(TargetRole::BlackHole, "192.0.2.1"),
            15_130,
            10,
            Class::Silent,
        );
        silent.void = Some("no control passed beside it".into());
        cells.push(silent);
        let evidence = |n: usize, says: &str| {
            let id = cells[n].id;
            Evidence {
                id,
                ms: self.events[id as usize - 1].ms,
                says: says.into(),
                rests_on: vec![id - 1],
            }
        };
        let pieces = vec![
            evidence(
                1,
                "MMSC 10.175.85.144:8080 did not open (code 4) after 2.3 s",
            ),
            evidence(2, "MMSC 10.175.85.144:80 opened after 785 ms"),
            evidence(
                0,
                "public host (control) 203.0.113.10:80 opened after 477 ms",
            ),
        ];
        let url = "http://wholesale.mmsmvno.com/mms/wapenc";
        let verdict = Verdict {
            probe: self.probe,
            profile: "example/mint-as-configured".into(),
            verdict: Code::WrongPort,
            confidence: Confidence::High,
            headline: "The MMSC answers on port 80; the profile dials 8080, where it does not"
                .into(),
            evidence: pieces,
            would_change: vec!["port 8080 of the MMSC opening and answering as an MMSC".into()],
            next: vec![NextStep {
                says: format!("Set mmsc = \"{url}\" in a copy of the profile, and send again"),
                fix: Some(Fix::Mmsc { url: url.into() }),
            }],
            others: Vec::new(),
            cells,
            not_run: vec![NotRun {
                experiment: "E34".into(),
                title: "The same SIM in a phone".into(),
                why: "only a person can do it".into(),
                would_tell: "whether the line has MMS at all".into(),
                side_effect: 0,
            }],
            cancelled: false,
            duration_ms: 23_200,
            exchanges: 82,
        };
        self.tell(What::Verdict(Box::new(verdict)))
    }
}

pub fn empty() -> Story {
    Story::new()
}

pub fn ready() -> Story {
    let mut story = Story::new();
    story.profile(&profiles()[0]).bench();
    story
}

pub fn connecting() -> Story {
    let mut story = ready();
    story
        .sends_up_to_connect("example/mint-as-configured", 8080)
        .connecting(1_340);
    story
}

pub fn failed() -> Story {
    let mut story = ready();
    story
        .sends_up_to_connect("example/mint-as-configured", 8080)
        .late_four();
    story
}

pub fn examining() -> Story {
    let mut story = failed();
    story.examining();
    story
}

pub fn examined() -> Story {
    let mut story = failed();
    let cells = story.examining();
    story.wrong_port(cells);
    story
}

pub fn sent() -> Story {
    let mut story = failed();
    story.profile(&profiles()[1]);
    story
        .sends_up_to_connect("us/mint", 80)
        .delivered(&long_text());
    story
}

/// What stands in the received messages of a story.
fn letter(id: u64) -> Option<mmscope::console::Letter> {
    (id == 2).then(|| mmscope::console::Letter {
        from: "+12025550177".to_owned(),
        subject: "Lunch".to_owned(),
        text: "Are you there?\nThe café, at one.".to_owned(),
        parts: vec!["+ image/jpeg 20 KB table.jpg".to_owned()],
    })
}
