CREATE TABLE account (
	id VARCHAR(32) NOT NULL,
	login VARCHAR(120) NOT NULL,
	password VARCHAR(200) NOT NULL,
	role VARCHAR(20) NOT NULL,
	totp_secret VARCHAR(64),
	totp_step VARCHAR(20),
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	disabled BOOLEAN NOT NULL,
	CONSTRAINT pk_account PRIMARY KEY (id),
	CONSTRAINT uq_account_login UNIQUE (login)
);

CREATE TABLE agenda_item (
	id SERIAL NOT NULL,
	kind VARCHAR(60) NOT NULL,
	key VARCHAR(160) NOT NULL,
	state VARCHAR(12) NOT NULL,
	step VARCHAR(60) NOT NULL,
	due TIMESTAMP WITH TIME ZONE NOT NULL,
	args TEXT NOT NULL,
	tries INTEGER NOT NULL,
	owner VARCHAR(80),
	lease_until TIMESTAMP WITH TIME ZONE,
	fence INTEGER NOT NULL,
	failure VARCHAR(200),
	ended_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_agenda_item PRIMARY KEY (id),
	CONSTRAINT uq_agenda_item_kind_key UNIQUE (kind, key)
);

CREATE INDEX ix_agenda_item_state_due ON agenda_item (state, due);

CREATE TABLE agenda_tick (
	owner VARCHAR(80) NOT NULL,
	at TIMESTAMP WITH TIME ZONE NOT NULL,
	done INTEGER NOT NULL,
	failed INTEGER NOT NULL,
	CONSTRAINT pk_agenda_tick PRIMARY KEY (owner)
);

CREATE TABLE attestation (
	id VARCHAR(40) NOT NULL,
	promise VARCHAR(200) NOT NULL,
	version VARCHAR(16) NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	valid_until TIMESTAMP WITH TIME ZONE NOT NULL,
	withdrawn_at TIMESTAMP WITH TIME ZONE,
	person VARCHAR(200) NOT NULL,
	role VARCHAR(80) NOT NULL,
	document_name VARCHAR(255),
	document_sha256 VARCHAR(64),
	CONSTRAINT pk_attestation PRIMARY KEY (id)
);

CREATE INDEX ix_attestation_promise_made_at ON attestation (promise, made_at);

CREATE TABLE ledger_batch (
	number INTEGER NOT NULL,
	first BIGINT NOT NULL,
	size BIGINT NOT NULL,
	at VARCHAR(27) NOT NULL,
	note TEXT NOT NULL,
	frontier BYTEA NOT NULL,
	hashes BYTEA,
	stamp BYTEA,
	CONSTRAINT pk_ledger_batch PRIMARY KEY (number)
);

CREATE TABLE ledger_entry (
	seq BIGSERIAL NOT NULL,
	position BIGINT,
	at VARCHAR(27) NOT NULL,
	kind VARCHAR(60) NOT NULL,
	subject VARCHAR(80),
	id VARCHAR(32) NOT NULL,
	bytes BYTEA NOT NULL,
	CONSTRAINT pk_ledger_entry PRIMARY KEY (seq)
);

CREATE UNIQUE INDEX ix_ledger_entry_id ON ledger_entry (id);

CREATE INDEX ix_ledger_entry_kind_at ON ledger_entry (kind, at);

CREATE UNIQUE INDEX ix_ledger_entry_position ON ledger_entry (position);

CREATE INDEX ix_ledger_entry_subject ON ledger_entry (subject);

CREATE TABLE mail_outbox (
	id SERIAL NOT NULL,
	key VARCHAR(160) NOT NULL,
	message_id VARCHAR(160) NOT NULL,
	template VARCHAR(120) NOT NULL,
	reference VARCHAR(160) NOT NULL,
	state VARCHAR(12) NOT NULL,
	due TIMESTAMP WITH TIME ZONE NOT NULL,
	tries INTEGER NOT NULL,
	lease_until TIMESTAMP WITH TIME ZONE,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	ended_at TIMESTAMP WITH TIME ZONE,
	code VARCHAR(80),
	CONSTRAINT pk_mail_outbox PRIMARY KEY (id),
	CONSTRAINT uq_mail_outbox_key UNIQUE (key),
	CONSTRAINT uq_mail_outbox_message_id UNIQUE (message_id)
);

CREATE INDEX ix_mail_outbox_reference ON mail_outbox (reference);

CREATE INDEX ix_mail_outbox_state_due ON mail_outbox (state, due);

CREATE TABLE request (
	id VARCHAR(24) NOT NULL,
	reference VARCHAR(16) NOT NULL,
	kind VARCHAR(30) NOT NULL,
	channel VARCHAR(20) NOT NULL,
	language VARCHAR(2) NOT NULL,
	state VARCHAR(24) NOT NULL,
	received_at TIMESTAMP WITH TIME ZONE NOT NULL,
	due_law TIMESTAMP WITH TIME ZONE NOT NULL,
	due_own TIMESTAMP WITH TIME ZONE,
	extended_to TIMESTAMP WITH TIME ZONE,
	identity_kind VARCHAR(40) NOT NULL,
	identity VARCHAR(320),
	identity_key VARCHAR(80) NOT NULL,
	reply_to VARCHAR(320),
	proof VARCHAR(20),
	proven_at TIMESTAMP WITH TIME ZONE,
	details TEXT,
	status_hash VARCHAR(64) NOT NULL,
	confirm_hash VARCHAR(64),
	confirm_until TIMESTAMP WITH TIME ZONE,
	assigned_to VARCHAR(32),
	decision VARCHAR(20),
	ground VARCHAR(60),
	decision_text TEXT,
	decided_by VARCHAR(80),
	decided_at TIMESTAMP WITH TIME ZONE,
	tenant VARCHAR(80),
	closed_at TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_request PRIMARY KEY (id),
	CONSTRAINT uq_request_reference UNIQUE (reference),
	CONSTRAINT uq_request_status_hash UNIQUE (status_hash),
	CONSTRAINT uq_request_confirm_hash UNIQUE (confirm_hash)
);

CREATE INDEX ix_request_identity_key ON request (identity_key);

CREATE INDEX ix_request_state_due_law ON request (state, due_law);

CREATE TABLE mail_attachment (
	mail INTEGER NOT NULL,
	number INTEGER NOT NULL,
	name VARCHAR(200) NOT NULL,
	type VARCHAR(120) NOT NULL,
	content BYTEA NOT NULL,
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
	CONSTRAINT pk_mail_content PRIMARY KEY (mail),
	CONSTRAINT fk_mail_content_mail_mail_outbox FOREIGN KEY(mail) REFERENCES mail_outbox (id) ON DELETE CASCADE
);

CREATE INDEX ix_mail_content_recipient ON mail_content (recipient);

CREATE TABLE request_outcome (
	id SERIAL NOT NULL,
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
	until TIMESTAMP WITH TIME ZONE,
	CONSTRAINT pk_request_outcome PRIMARY KEY (id),
	CONSTRAINT fk_request_outcome_request_request FOREIGN KEY(request) REFERENCES request (id) ON DELETE CASCADE
);

CREATE INDEX ix_request_outcome_request ON request_outcome (request);

CREATE TABLE request_package (
	request VARCHAR(24) NOT NULL,
	content BYTEA NOT NULL,
	sha256 VARCHAR(64) NOT NULL,
	made_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	downloads INTEGER NOT NULL,
	CONSTRAINT pk_request_package PRIMARY KEY (request),
	CONSTRAINT fk_request_package_request_request FOREIGN KEY(request) REFERENCES request (id) ON DELETE CASCADE
);

CREATE TABLE session (
	token_hash VARCHAR(64) NOT NULL,
	account VARCHAR(32) NOT NULL,
	csrf VARCHAR(64) NOT NULL,
	created_at TIMESTAMP WITH TIME ZONE NOT NULL,
	expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
	CONSTRAINT pk_session PRIMARY KEY (token_hash),
	CONSTRAINT fk_session_account_account FOREIGN KEY(account) REFERENCES account (id) ON DELETE CASCADE
);

CREATE INDEX ix_session_account ON session (account);

CREATE INDEX ix_session_expires_at ON session (expires_at);

