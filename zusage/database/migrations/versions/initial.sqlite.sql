CREATE TABLE account (
	id VARCHAR(32) NOT NULL,
	login VARCHAR(120) NOT NULL,
	password VARCHAR(200) NOT NULL,
	role VARCHAR(20) NOT NULL,
	totp_secret VARCHAR(64),
	totp_step VARCHAR(20),
	created_at DATETIME NOT NULL,
	disabled BOOLEAN NOT NULL,
	CONSTRAINT pk_account PRIMARY KEY (id),
	CONSTRAINT uq_account_login UNIQUE (login)
);

CREATE TABLE agenda_item (
	id INTEGER NOT NULL,
	kind VARCHAR(60) NOT NULL,
	"key" VARCHAR(160) NOT NULL,
	state VARCHAR(12) NOT NULL,
	step VARCHAR(60) NOT NULL,
	due DATETIME NOT NULL,
	args TEXT NOT NULL,
	tries INTEGER NOT NULL,
	owner VARCHAR(80),
	lease_until DATETIME,
	fence INTEGER NOT NULL,
	failure VARCHAR(200),
	ended_at DATETIME,
	CONSTRAINT pk_agenda_item PRIMARY KEY (id),
	CONSTRAINT uq_agenda_item_kind_key UNIQUE (kind, "key")
);

CREATE INDEX ix_agenda_item_state_due ON agenda_item (state, due);

CREATE TABLE agenda_tick (
	owner VARCHAR(80) NOT NULL,
	at DATETIME NOT NULL,
	done INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	CONSTRAINT pk_agenda_tick PRIMARY KEY (owner)
);

CREATE TABLE announcement (
	id VARCHAR(24) NOT NULL,
	kind VARCHAR(20) NOT NULL,
	recipient VARCHAR(80),
	effective_at DATETIME NOT NULL,
	made_at DATETIME NOT NULL,
	actor VARCHAR(80) NOT NULL,
	text_de TEXT NOT NULL,
	text_en TEXT NOT NULL,
	CONSTRAINT pk_announcement PRIMARY KEY (id)
);

CREATE INDEX ix_announcement_recipient ON announcement (recipient);

CREATE TABLE assessment (
	id VARCHAR(24) NOT NULL,
	kind VARCHAR(10) NOT NULL,
	subject VARCHAR(170) NOT NULL,
	version VARCHAR(16) NOT NULL,
	made_at DATETIME NOT NULL,
	review_at DATETIME NOT NULL,
	result VARCHAR(12) NOT NULL,
	content TEXT NOT NULL,
	document_name VARCHAR(255),
	document_sha256 VARCHAR(64),
	actor VARCHAR(80) NOT NULL,
	CONSTRAINT pk_assessment PRIMARY KEY (id)
);

CREATE INDEX ix_assessment_kind_subject ON assessment (kind, subject);

CREATE TABLE attestation (
	id VARCHAR(40) NOT NULL,
	promise VARCHAR(200) NOT NULL,
	version VARCHAR(16) NOT NULL,
	made_at DATETIME NOT NULL,
	valid_until DATETIME NOT NULL,
	withdrawn_at DATETIME,
	person VARCHAR(200) NOT NULL,
	role VARCHAR(80) NOT NULL,
	document_name VARCHAR(255),
	document_sha256 VARCHAR(64),
	CONSTRAINT pk_attestation PRIMARY KEY (id)
);

CREATE INDEX ix_attestation_promise_made_at ON attestation (promise, made_at);

CREATE TABLE audit_request (
	id INTEGER NOT NULL,
	customer VARCHAR(80) NOT NULL,
	received_at DATETIME NOT NULL,
	due DATETIME NOT NULL,
	measures_as_of DATE NOT NULL,
	evidence TEXT NOT NULL,
	actor VARCHAR(80) NOT NULL,
	answered_at DATETIME,
	CONSTRAINT pk_audit_request PRIMARY KEY (id)
);

CREATE TABLE breach (
	id VARCHAR(16) NOT NULL,
	noticed_at DATETIME NOT NULL,
	opened_at DATETIME NOT NULL,
	facts TEXT NOT NULL,
	categories TEXT NOT NULL,
	people INTEGER,
	measures TEXT NOT NULL,
	risk VARCHAR(10) NOT NULL,
	assessment TEXT,
	due DATETIME NOT NULL,
	authority VARCHAR(40),
	notified_at DATETIME,
	persons_told_at DATETIME,
	closed_at DATETIME,
	actor VARCHAR(80) NOT NULL,
	withheld VARCHAR(12),
	withheld_reasons TEXT,
	CONSTRAINT pk_breach PRIMARY KEY (id)
);

CREATE TABLE consent_ask (
	id VARCHAR(24) NOT NULL,
	purpose VARCHAR(80) NOT NULL,
	names VARCHAR(400) NOT NULL,
	state VARCHAR(10) NOT NULL,
	language VARCHAR(2) NOT NULL,
	way SMALLINT NOT NULL,
	text BLOB NOT NULL,
	person BLOB,
	suppression VARCHAR(80),
	asked VARCHAR(320),
	token_hash VARCHAR(64),
	reference VARCHAR(80),
	until DATETIME,
	entered_at DATETIME NOT NULL,
	due DATETIME NOT NULL,
	ended_at DATETIME,
	event BLOB,
	CONSTRAINT pk_consent_ask PRIMARY KEY (id)
);

CREATE INDEX ix_consent_ask_event ON consent_ask (event);

CREATE INDEX ix_consent_ask_person ON consent_ask (person);

CREATE INDEX ix_consent_ask_state_due ON consent_ask (state, due);

CREATE INDEX ix_consent_ask_token_hash ON consent_ask (token_hash);

CREATE TABLE consent_group (
	id INTEGER NOT NULL,
	entry VARCHAR(32) NOT NULL,
	salt BLOB NOT NULL,
	leaves BLOB NOT NULL,
	CONSTRAINT pk_consent_group PRIMARY KEY (id)
);

CREATE TABLE consent_text (
	hash BLOB NOT NULL,
	language VARCHAR(2) NOT NULL,
	content BLOB NOT NULL,
	notice_version VARCHAR(80) NOT NULL,
	first_shown_at DATETIME NOT NULL,
	CONSTRAINT pk_consent_text PRIMARY KEY (hash),
	CONSTRAINT ck_consent_text_versioned CHECK (notice_version <> '')
);

CREATE TABLE decision_version (
	id INTEGER NOT NULL,
	number INTEGER NOT NULL,
	CONSTRAINT pk_decision_version PRIMARY KEY (id)
);

CREATE TABLE disclosure (
	id VARCHAR(40) NOT NULL,
	recipient VARCHAR(80) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	categories VARCHAR(400) NOT NULL,
	purpose VARCHAR(80) NOT NULL,
	subject VARCHAR(80),
	at DATETIME NOT NULL,
	actor VARCHAR(80) NOT NULL,
	named VARCHAR(160),
	country VARCHAR(2),
	CONSTRAINT pk_disclosure PRIMARY KEY (id)
);

CREATE INDEX ix_disclosure_recipient_at ON disclosure (recipient, at);

CREATE INDEX ix_disclosure_subject ON disclosure (subject);

CREATE TABLE ground (
	id VARCHAR(40) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	case_key VARCHAR(80) NOT NULL,
	step VARCHAR(80) NOT NULL,
	basis VARCHAR(80) NOT NULL,
	relation VARCHAR(20) NOT NULL,
	consented_at DATETIME,
	at DATETIME NOT NULL,
	actor VARCHAR(80) NOT NULL,
	CONSTRAINT pk_ground PRIMARY KEY (id)
);

CREATE INDEX ix_ground_case_key ON ground (case_key);

CREATE TABLE hold (
	id VARCHAR(40) NOT NULL,
	ground VARCHAR(20) NOT NULL,
	law VARCHAR(80) NOT NULL,
	matter VARCHAR(200) NOT NULL,
	scope VARCHAR(12) NOT NULL,
	activity VARCHAR(80),
	identity_kind VARCHAR(80),
	identity VARCHAR(320),
	store VARCHAR(80),
	target VARCHAR(128),
	row_key VARCHAR(190),
	placed_at DATETIME NOT NULL,
	standing_since DATETIME,
	ends_at DATETIME,
	lifted_at DATETIME,
	actor VARCHAR(80) NOT NULL,
	owner VARCHAR(320),
	CONSTRAINT pk_hold PRIMARY KEY (id)
);

CREATE INDEX ix_hold_lifted_at_ends_at ON hold (lifted_at, ends_at);

CREATE TABLE information (
	id VARCHAR(40) NOT NULL,
	name VARCHAR(80) NOT NULL,
	subject VARCHAR(80) NOT NULL,
	case_key VARCHAR(80) NOT NULL,
	arisen_at DATETIME NOT NULL,
	due_at DATETIME NOT NULL,
	told_at DATETIME,
	words VARCHAR(16),
	CONSTRAINT pk_information PRIMARY KEY (id)
);

CREATE INDEX ix_information_subject ON information (subject);

CREATE TABLE ledger_batch (
	number INTEGER NOT NULL,
	first BIGINT NOT NULL,
	size BIGINT NOT NULL,
	at VARCHAR(27) NOT NULL,
	note TEXT NOT NULL,
	frontier BLOB NOT NULL,
	hashes BLOB,
	stamp BLOB,
	CONSTRAINT pk_ledger_batch PRIMARY KEY (number)
);

CREATE TABLE ledger_entry (
	seq INTEGER NOT NULL,
	position BIGINT,
	at VARCHAR(27) NOT NULL,
	kind VARCHAR(60) NOT NULL,
	subject VARCHAR(80),
	id VARCHAR(32) NOT NULL,
	bytes BLOB NOT NULL,
	CONSTRAINT pk_ledger_entry PRIMARY KEY (seq)
);

CREATE UNIQUE INDEX ix_ledger_entry_id ON ledger_entry (id);

CREATE INDEX ix_ledger_entry_kind_at ON ledger_entry (kind, at);

CREATE UNIQUE INDEX ix_ledger_entry_position ON ledger_entry (position);

CREATE INDEX ix_ledger_entry_subject ON ledger_entry (subject);

CREATE TABLE log_batch (
	id VARCHAR(32) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	at DATETIME NOT NULL,
	lines BIGINT NOT NULL,
	counted BIGINT NOT NULL,
	malformed BIGINT NOT NULL,
	unsealed BIGINT NOT NULL,
	bytes BIGINT NOT NULL,
	CONSTRAINT pk_log_batch PRIMARY KEY (id)
);

CREATE TABLE log_case (
	id VARCHAR(80) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	suspicion TEXT NOT NULL,
	scope TEXT NOT NULL,
	salt BLOB NOT NULL,
	opened_by VARCHAR(200) NOT NULL,
	opened_at DATETIME NOT NULL,
	hold_until DATETIME NOT NULL,
	closed_at DATETIME,
	CONSTRAINT pk_log_case PRIMARY KEY (id)
);

CREATE TABLE log_partial (
	id VARCHAR(32) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	batch VARCHAR(32) NOT NULL,
	customer VARCHAR(80) NOT NULL,
	day VARCHAR(10) NOT NULL,
	lines BIGINT NOT NULL,
	file VARCHAR(200) NOT NULL,
	made_at DATETIME NOT NULL,
	erased_at DATETIME,
	CONSTRAINT pk_log_partial PRIMARY KEY (id)
);

CREATE INDEX ix_log_partial_activity_day ON log_partial (activity, day);

CREATE TABLE log_release (
	activity VARCHAR(80) NOT NULL,
	statistic VARCHAR(80) NOT NULL,
	customer VARCHAR(80) NOT NULL,
	period VARCHAR(20) NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_log_release PRIMARY KEY (activity, statistic, customer, period)
);

CREATE TABLE log_segment (
	id VARCHAR(32) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	batch VARCHAR(32) NOT NULL,
	customer VARCHAR(80) NOT NULL,
	hour DATETIME NOT NULL,
	lines BIGINT NOT NULL,
	malformed BIGINT NOT NULL,
	file VARCHAR(200) NOT NULL,
	size BIGINT NOT NULL,
	sealed_at DATETIME NOT NULL,
	recorded_at DATETIME NOT NULL,
	held_for VARCHAR(80),
	erased_at DATETIME,
	CONSTRAINT pk_log_segment PRIMARY KEY (id)
);

CREATE INDEX ix_log_segment_activity_erased_at ON log_segment (activity, erased_at);

CREATE INDEX ix_log_segment_activity_hour ON log_segment (activity, hour);

CREATE TABLE log_source (
	id VARCHAR(32) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	source VARCHAR(500) NOT NULL,
	device BIGINT NOT NULL,
	inode BIGINT NOT NULL,
	head_size INTEGER NOT NULL,
	head VARCHAR(64) NOT NULL,
	taken BIGINT NOT NULL,
	tail_size BIGINT,
	newest DATETIME,
	seen_at DATETIME NOT NULL,
	CONSTRAINT pk_log_source PRIMARY KEY (id)
);

CREATE INDEX ix_log_source_activity_source ON log_source (activity, source);

CREATE TABLE mail_outbox (
	id INTEGER NOT NULL,
	"key" VARCHAR(160) NOT NULL,
	message_id VARCHAR(160) NOT NULL,
	template VARCHAR(120) NOT NULL,
	reference VARCHAR(160) NOT NULL,
	state VARCHAR(12) NOT NULL,
	due DATETIME NOT NULL,
	tries INTEGER NOT NULL,
	lease_until DATETIME,
	created_at DATETIME NOT NULL,
	ended_at DATETIME,
	code VARCHAR(80),
	CONSTRAINT pk_mail_outbox PRIMARY KEY (id),
	CONSTRAINT uq_mail_outbox_key UNIQUE ("key"),
	CONSTRAINT uq_mail_outbox_message_id UNIQUE (message_id)
);

CREATE INDEX ix_mail_outbox_reference ON mail_outbox (reference);

CREATE INDEX ix_mail_outbox_state_due ON mail_outbox (state, due);

CREATE TABLE mailing (
	id VARCHAR(24) NOT NULL,
	at DATETIME NOT NULL,
	purpose VARCHAR(80) NOT NULL,
	topic VARCHAR(80),
	sent BOOLEAN NOT NULL,
	CONSTRAINT pk_mailing PRIMARY KEY (id)
);

CREATE INDEX ix_mailing_at ON mailing (at);

CREATE TABLE paper_task (
	id INTEGER NOT NULL,
	promise VARCHAR(200) NOT NULL,
	store VARCHAR(80) NOT NULL,
	target VARCHAR(128) NOT NULL,
	row_key VARCHAR(190) NOT NULL,
	shelf VARCHAR(160) NOT NULL,
	since DATETIME NOT NULL,
	until DATETIME NOT NULL,
	escalated_at DATETIME,
	destroyed_at DATETIME,
	actor VARCHAR(80),
	CONSTRAINT pk_paper_task PRIMARY KEY (id),
	CONSTRAINT uq_paper_task_row UNIQUE (store, target, row_key, shelf)
);

CREATE TABLE publication (
	id INTEGER NOT NULL,
	as_of DATE NOT NULL,
	version VARCHAR(80),
	digest VARCHAR(16) NOT NULL,
	published_at DATETIME NOT NULL,
	recipients TEXT DEFAULT '' NOT NULL,
	told BOOLEAN DEFAULT 0 NOT NULL,
	CONSTRAINT pk_publication PRIMARY KEY (id),
	CONSTRAINT uq_publication_as_of UNIQUE (as_of)
);

CREATE TABLE request (
	id VARCHAR(24) NOT NULL,
	reference VARCHAR(16) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	channel VARCHAR(20) NOT NULL,
	language VARCHAR(2) NOT NULL,
	state VARCHAR(24) NOT NULL,
	received_at DATETIME NOT NULL,
	due_law DATETIME NOT NULL,
	due_own DATETIME,
	extended_to DATETIME,
	identity_kind VARCHAR(40) NOT NULL,
	identity VARCHAR(320),
	identity_key VARCHAR(80) NOT NULL,
	reply_to VARCHAR(320),
	proof VARCHAR(20),
	proven_at DATETIME,
	details TEXT,
	status_hash VARCHAR(64) NOT NULL,
	confirm_hash VARCHAR(64),
	confirm_until DATETIME,
	assigned_to VARCHAR(32),
	decision VARCHAR(20),
	ground VARCHAR(60),
	decision_text TEXT,
	decided_by VARCHAR(80),
	decided_at DATETIME,
	tenant VARCHAR(80),
	closed_at DATETIME,
	CONSTRAINT pk_request PRIMARY KEY (id),
	CONSTRAINT uq_request_reference UNIQUE (reference),
	CONSTRAINT uq_request_status_hash UNIQUE (status_hash),
	CONSTRAINT uq_request_confirm_hash UNIQUE (confirm_hash)
);

CREATE INDEX ix_request_identity_key ON request (identity_key);

CREATE INDEX ix_request_state_due_law ON request (state, due_law);

CREATE TABLE retention_batch (
	store VARCHAR(80) NOT NULL,
	act VARCHAR(40) NOT NULL,
	batch INTEGER NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_retention_batch PRIMARY KEY (store, act, batch)
);

CREATE TABLE retention_intent (
	act VARCHAR(40) NOT NULL,
	promise VARCHAR(200) NOT NULL,
	store VARCHAR(80) NOT NULL,
	target VARCHAR(200) NOT NULL,
	action VARCHAR(20) NOT NULL,
	planned BIGINT NOT NULL,
	at DATETIME NOT NULL,
	CONSTRAINT pk_retention_intent PRIMARY KEY (act)
);

CREATE TABLE retention_notice (
	id INTEGER NOT NULL,
	promise VARCHAR(200) NOT NULL,
	store VARCHAR(80) NOT NULL,
	target VARCHAR(128) NOT NULL,
	row_key VARCHAR(190) NOT NULL,
	event VARCHAR(190) NOT NULL,
	mail INTEGER,
	queued_at DATETIME NOT NULL,
	cleared_at DATETIME,
	CONSTRAINT pk_retention_notice PRIMARY KEY (id)
);

CREATE INDEX ix_retention_notice_store_cleared_at ON retention_notice (store, cleared_at);

CREATE TABLE retention_residue (
	store VARCHAR(80) NOT NULL,
	target VARCHAR(128) NOT NULL,
	since DATETIME NOT NULL,
	CONSTRAINT pk_retention_residue PRIMARY KEY (store, target)
);

CREATE TABLE retention_unlink (
	id INTEGER NOT NULL,
	act VARCHAR(40) NOT NULL,
	promise VARCHAR(200) NOT NULL,
	store VARCHAR(80) NOT NULL,
	target VARCHAR(200) NOT NULL,
	path TEXT NOT NULL,
	CONSTRAINT pk_retention_unlink PRIMARY KEY (id)
);

CREATE TABLE rule_approval (
	id INTEGER NOT NULL,
	promise VARCHAR(200) NOT NULL,
	digest VARCHAR(64) NOT NULL,
	approved_at DATETIME NOT NULL,
	actor VARCHAR(80) NOT NULL,
	allowance BIGINT NOT NULL,
	used_at DATETIME,
	CONSTRAINT pk_rule_approval PRIMARY KEY (id)
);

CREATE INDEX ix_rule_approval_promise_digest ON rule_approval (promise, digest);

CREATE TABLE rule_run (
	id INTEGER NOT NULL,
	promise VARCHAR(200) NOT NULL,
	at DATETIME NOT NULL,
	hit BIGINT NOT NULL,
	CONSTRAINT pk_rule_run PRIMARY KEY (id)
);

CREATE INDEX ix_rule_run_promise_at ON rule_run (promise, at);

CREATE TABLE seal_approval (
	id VARCHAR(32) NOT NULL,
	opening VARCHAR(32) NOT NULL,
	role VARCHAR(80) NOT NULL,
	holder VARCHAR(32) NOT NULL,
	at DATETIME NOT NULL,
	shares BLOB NOT NULL,
	withdrawn BOOLEAN NOT NULL,
	CONSTRAINT pk_seal_approval PRIMARY KEY (id)
);

CREATE UNIQUE INDEX ix_seal_approval_opening_holder ON seal_approval (opening, holder);

CREATE TABLE seal_keyholder (
	id VARCHAR(32) NOT NULL,
	role VARCHAR(80) NOT NULL,
	customer VARCHAR(80),
	person VARCHAR(200) NOT NULL,
	public VARCHAR(200) NOT NULL,
	since DATETIME NOT NULL,
	revoked_at DATETIME,
	CONSTRAINT pk_seal_keyholder PRIMARY KEY (id),
	CONSTRAINT uq_seal_keyholder_public UNIQUE (public)
);

CREATE TABLE seal_opening (
	id VARCHAR(32) NOT NULL,
	room VARCHAR(90) NOT NULL,
	matter VARCHAR(80) NOT NULL,
	scope TEXT NOT NULL,
	reason TEXT NOT NULL,
	salt BLOB NOT NULL,
	requested_by VARCHAR(200) NOT NULL,
	opener VARCHAR(200) NOT NULL,
	requested_at DATETIME NOT NULL,
	valid_until DATETIME NOT NULL,
	state VARCHAR(20) NOT NULL,
	opened_at DATETIME,
	result VARCHAR(32),
	result_until DATETIME,
	CONSTRAINT pk_seal_opening PRIMARY KEY (id)
);

CREATE TABLE site_scan (
	id INTEGER NOT NULL,
	at DATETIME NOT NULL,
	host VARCHAR(253) NOT NULL,
	states VARCHAR(60) NOT NULL,
	findings TEXT NOT NULL,
	CONSTRAINT pk_site_scan PRIMARY KEY (id)
);

CREATE INDEX ix_site_scan_host_at ON site_scan (host, at);

CREATE TABLE slip (
	kind VARCHAR(20) NOT NULL,
	name VARCHAR(80) NOT NULL,
	why VARCHAR(30) NOT NULL,
	seen INTEGER NOT NULL,
	first_on DATE NOT NULL,
	last_on DATE NOT NULL,
	CONSTRAINT pk_slip PRIMARY KEY (kind, name, why)
);

CREATE TABLE suppression (
	"key" VARCHAR(80) NOT NULL,
	scope VARCHAR(80) NOT NULL,
	since DATETIME NOT NULL,
	request VARCHAR(24),
	CONSTRAINT pk_suppression PRIMARY KEY ("key", scope)
);

CREATE TABLE announced (
	announcement VARCHAR(24) NOT NULL,
	party VARCHAR(80) NOT NULL,
	mail VARCHAR(160) NOT NULL,
	objected_at DATETIME,
	CONSTRAINT pk_announced PRIMARY KEY (announcement, party),
	CONSTRAINT fk_announced_announcement_announcement FOREIGN KEY(announcement) REFERENCES announcement (id) ON DELETE CASCADE
);

CREATE TABLE assessment_signature (
	assessment VARCHAR(24) NOT NULL,
	role VARCHAR(20) NOT NULL,
	person VARCHAR(200) NOT NULL,
	signed_at DATETIME NOT NULL,
	CONSTRAINT pk_assessment_signature PRIMARY KEY (assessment, role),
	CONSTRAINT fk_assessment_signature_assessment_assessment FOREIGN KEY(assessment) REFERENCES assessment (id) ON DELETE CASCADE
);

CREATE TABLE consent_event (
	id BLOB NOT NULL,
	at BIGINT NOT NULL,
	person BLOB,
	answers VARCHAR(400) NOT NULL,
	text BLOB NOT NULL,
	way SMALLINT NOT NULL,
	until BIGINT,
	"group" INTEGER,
	agent VARCHAR(200),
	CONSTRAINT pk_consent_event PRIMARY KEY (id),
	CONSTRAINT ck_consent_event_answered CHECK (answers <> ''),
	CONSTRAINT fk_consent_event_text_consent_text FOREIGN KEY(text) REFERENCES consent_text (hash)
);

CREATE INDEX ix_consent_event_at ON consent_event (at);

CREATE INDEX ix_consent_event_person ON consent_event (person);

CREATE TABLE mail_attachment (
	mail INTEGER NOT NULL,
	number INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	type VARCHAR(120) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT pk_mail_attachment PRIMARY KEY (mail, number),
	CONSTRAINT fk_mail_attachment_mail_mail_outbox FOREIGN KEY(mail) REFERENCES mail_outbox (id) ON DELETE CASCADE
);

CREATE TABLE mail_content (
	mail INTEGER NOT NULL,
	sender VARCHAR(320) NOT NULL,
	sender_name VARCHAR(200) NOT NULL,
	recipient VARCHAR(320) NOT NULL,
	name VARCHAR(200) NOT NULL,
	reply_to VARCHAR(320),
	subject TEXT NOT NULL,
	language VARCHAR(8) NOT NULL,
	text TEXT NOT NULL,
	html TEXT,
	unsubscribe VARCHAR(1000),
	CONSTRAINT pk_mail_content PRIMARY KEY (mail),
	CONSTRAINT fk_mail_content_mail_mail_outbox FOREIGN KEY(mail) REFERENCES mail_outbox (id) ON DELETE CASCADE
);

CREATE INDEX ix_mail_content_recipient ON mail_content (recipient);

CREATE TABLE mailing_recipient (
	mailing VARCHAR(24) NOT NULL,
	person BLOB NOT NULL,
	allowed BOOLEAN NOT NULL,
	code VARCHAR(40) NOT NULL,
	event BLOB,
	CONSTRAINT pk_mailing_recipient PRIMARY KEY (mailing, person),
	CONSTRAINT fk_mailing_recipient_mailing_mailing FOREIGN KEY(mailing) REFERENCES mailing (id) ON DELETE CASCADE
);

CREATE TABLE publication_rule (
	publication INTEGER NOT NULL,
	promise VARCHAR(200) NOT NULL,
	keep TEXT NOT NULL,
	CONSTRAINT pk_publication_rule PRIMARY KEY (publication, promise),
	CONSTRAINT fk_publication_rule_publication_publication FOREIGN KEY(publication) REFERENCES publication (id) ON DELETE CASCADE
);

CREATE TABLE publication_text (
	publication INTEGER NOT NULL,
	document VARCHAR(20) NOT NULL,
	language VARCHAR(2) NOT NULL,
	content BLOB NOT NULL,
	CONSTRAINT pk_publication_text PRIMARY KEY (publication, document, language),
	CONSTRAINT fk_publication_text_publication_publication FOREIGN KEY(publication) REFERENCES publication (id) ON DELETE CASCADE
);

CREATE TABLE request_notification (
	request VARCHAR(24) NOT NULL,
	role VARCHAR(10) NOT NULL,
	party VARCHAR(80) NOT NULL,
	state VARCHAR(12) NOT NULL,
	due DATETIME NOT NULL,
	queued_at DATETIME NOT NULL,
	sent_at DATETIME,
	receipt_at DATETIME,
	receipt_hash VARCHAR(64),
	CONSTRAINT pk_request_notification PRIMARY KEY (request, role, party),
	CONSTRAINT fk_request_notification_request_request FOREIGN KEY(request) REFERENCES request (id) ON DELETE CASCADE
);

CREATE INDEX ix_request_notification_receipt_hash ON request_notification (receipt_hash);

CREATE INDEX ix_request_notification_state_due ON request_notification (state, due);

CREATE TABLE request_outcome (
	id INTEGER NOT NULL,
	request VARCHAR(24) NOT NULL,
	store VARCHAR(80) NOT NULL,
	target VARCHAR(200) NOT NULL,
	activity VARCHAR(80) NOT NULL,
	action VARCHAR(30) NOT NULL,
	result VARCHAR(20) NOT NULL,
	planned INTEGER NOT NULL,
	hit INTEGER NOT NULL,
	"left" INTEGER NOT NULL,
	reason VARCHAR(200) NOT NULL,
	until DATETIME,
	CONSTRAINT pk_request_outcome PRIMARY KEY (id),
	CONSTRAINT fk_request_outcome_request_request FOREIGN KEY(request) REFERENCES request (id) ON DELETE CASCADE
);

CREATE INDEX ix_request_outcome_request ON request_outcome (request);

CREATE TABLE request_package (
	request VARCHAR(24) NOT NULL,
	content BLOB NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	made_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	downloads INTEGER NOT NULL,
	CONSTRAINT pk_request_package PRIMARY KEY (request),
	CONSTRAINT fk_request_package_request_request FOREIGN KEY(request) REFERENCES request (id) ON DELETE CASCADE
);

CREATE TABLE session (
	token_hash VARCHAR(64) NOT NULL,
	account VARCHAR(32) NOT NULL,
	csrf VARCHAR(64) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	CONSTRAINT pk_session PRIMARY KEY (token_hash),
	CONSTRAINT fk_session_account_account FOREIGN KEY(account) REFERENCES account (id) ON DELETE CASCADE
);

CREATE INDEX ix_session_account ON session (account);

CREATE INDEX ix_session_expires_at ON session (expires_at);

