-- why: anybody may ask to be told, by mail or webhook, of incidents of an endpoint that they may see
-- locks: none, both tables are new
-- breaking: no

-- Somebody outside of any workspace. Where to tell them is sealed to the alert router's key.
CREATE TABLE subscriber (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  endpoint_id uuid NOT NULL REFERENCES endpoints (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('email', 'webhook')),
  -- Keyed hash (HMAC-SHA-256) of the address or URL: finds it again without holding it.
  target_hash text NOT NULL CHECK (target_hash ~ '^[0-9a-f]{64}$'),
  sealed jsonb NOT NULL,
  sealing_key_id text NOT NULL CHECK (length(sealing_key_id) <= 40),
  -- SHA-256 of the token that was mailed; null once it was used.
  confirm_hash text UNIQUE CHECK (confirm_hash ~ '^[0-9a-f]{64}$'),
  confirm_until timestamptz,
  -- Nothing but the mail that asks for it is sent before.
  confirmed_at timestamptz,
  -- SHA-256 of the token in every message that ends it. What was ended is deleted.
  end_hash text NOT NULL UNIQUE CHECK (end_hash ~ '^[0-9a-f]{64}$'),
  -- Messages in a row that nobody took.
  failures integer NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT subscriber_once UNIQUE (endpoint_id, kind, target_hash),
  CHECK (confirmed_at IS NOT NULL OR confirm_hash IS NOT NULL)
);
CREATE INDEX subscriber_unconfirmed ON subscriber (confirm_until) WHERE confirmed_at IS NULL;

-- One message to one subscriber: a promise before it is sent, like `delivery`.
CREATE TABLE subscriber_delivery (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  subscriber_id uuid NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE ON UPDATE CASCADE,
  incident_id uuid NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  -- Names the news within the incident: telling it twice adds nothing.
  step text NOT NULL CHECK (length(step) <= 100),
  -- What to say, whole: rendering it again gives the same.
  message jsonb NOT NULL,
  state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sent', 'failed', 'cancelled')),
  reason text CHECK (length(reason) <= 60),
  -- Place among the subscribers told of the same news: one endpoint's thousands do not delay another's few.
  position integer NOT NULL CHECK (position > 0),
  attempts integer NOT NULL DEFAULT 0,
  due_at timestamptz NOT NULL,
  deadline_at timestamptz NOT NULL,
  leased_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  settled_at timestamptz,
  CONSTRAINT subscriber_delivery_once UNIQUE (subscriber_id, incident_id, step)
);
CREATE INDEX subscriber_delivery_due ON subscriber_delivery (position, due_at) WHERE state = 'pending';
CREATE INDEX subscriber_delivery_by_incident ON subscriber_delivery (incident_id);
CREATE INDEX subscriber_delivery_settled ON subscriber_delivery (settled_at) WHERE state <> 'pending';

DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['subscriber', 'subscriber_delivery'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY owner_all ON %I TO alivemcp_owner USING (true)', name);
    EXECUTE format('CREATE POLICY system_all ON %I TO alivemcp_system USING (true)', name);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO alivemcp_system', name);
  END LOOP;
END $$;
-- Who subscribes has no tenant: the role that answers before one is known takes and ends subscriptions.
CREATE POLICY identity_all ON subscriber TO alivemcp_identity USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON subscriber TO alivemcp_identity;
