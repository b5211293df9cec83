CREATE TRIGGER edits_no_delete BEFORE DELETE ON edits BEGIN SELECT RAISE(ABORT, 'edits rows are append-only: DELETE refused'); END

CREATE TRIGGER edits_no_update BEFORE UPDATE ON edits WHEN NOT ((OLD.id IS NEW.id AND OLD.job_id IS NEW.job_id AND OLD.script_id IS NEW.script_id AND OLD.actor IS NEW.actor AND OLD.created_at IS NEW.created_at AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'edits rows are append-only: UPDATE refused'); END

CREATE TRIGGER script_edits_no_delete BEFORE DELETE ON script_edits BEGIN SELECT RAISE(ABORT, 'script_edits rows are append-only: DELETE refused'); END

CREATE TRIGGER script_edits_no_update BEFORE UPDATE ON script_edits BEGIN SELECT RAISE(ABORT, 'script_edits rows are append-only: UPDATE refused'); END
