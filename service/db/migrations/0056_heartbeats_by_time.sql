-- The screen lists agents by their last heartbeat; without this, each look would sort every agent there is.
CREATE INDEX agent_heartbeats_by_time ON agent_heartbeats (last_at DESC, agent_id);
