CREATE TRIGGER artifacts_no_delete BEFORE DELETE ON artifacts BEGIN SELECT RAISE(ABORT, 'artifacts rows are append-only: DELETE refused'); END

CREATE TRIGGER artifacts_no_update BEFORE UPDATE ON artifacts BEGIN SELECT RAISE(ABORT, 'artifacts rows are append-only: UPDATE refused'); END

CREATE TRIGGER installation_no_delete BEFORE DELETE ON installation BEGIN SELECT RAISE(ABORT, 'installation rows are append-only: DELETE refused'); END

CREATE TRIGGER installation_no_update BEFORE UPDATE ON installation BEGIN SELECT RAISE(ABORT, 'installation rows are append-only: UPDATE refused'); END

CREATE TRIGGER jobs_frozen BEFORE UPDATE OF id, theme, theme_sha256, seed, profile, created_at ON jobs BEGIN SELECT RAISE(ABORT, 'what a row of jobs was asked for never changes'); END

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs BEGIN SELECT RAISE(ABORT, 'jobs rows are append-only: DELETE refused'); END

CREATE TRIGGER media_items_no_delete BEFORE DELETE ON media_items BEGIN SELECT RAISE(ABORT, 'media_items rows are append-only: DELETE refused'); END

CREATE TRIGGER media_items_no_update BEFORE UPDATE ON media_items BEGIN SELECT RAISE(ABORT, 'media_items rows are append-only: UPDATE refused'); END

CREATE TRIGGER tombstones_no_delete BEFORE DELETE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones rows are append-only: DELETE refused'); END

CREATE TRIGGER tombstones_no_update BEFORE UPDATE ON tombstones BEGIN SELECT RAISE(ABORT, 'tombstones rows are append-only: UPDATE refused'); END

CREATE TRIGGER trend_items_no_delete BEFORE DELETE ON trend_items BEGIN SELECT RAISE(ABORT, 'trend_items rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_items_no_update BEFORE UPDATE ON trend_items BEGIN SELECT RAISE(ABORT, 'trend_items rows are append-only: UPDATE refused'); END

CREATE TRIGGER provider_calls_frozen BEFORE UPDATE OF id, job_id, run_id, role, provider, model, prompt_version, seed, request_sha256, stand_in, started_at ON provider_calls BEGIN SELECT RAISE(ABORT, 'what a row of provider_calls was asked for never changes'); END

CREATE TRIGGER provider_calls_no_delete BEFORE DELETE ON provider_calls BEGIN SELECT RAISE(ABORT, 'provider_calls rows are append-only: DELETE refused'); END

CREATE TRIGGER provider_calls_no_update BEFORE UPDATE ON provider_calls WHEN NOT ((OLD.id IS NEW.id AND OLD.job_id IS NEW.job_id AND OLD.run_id IS NEW.run_id AND OLD.role IS NEW.role AND OLD.provider IS NEW.provider AND OLD.model IS NEW.model AND OLD.prompt_version IS NEW.prompt_version AND OLD.seed IS NEW.seed AND OLD.request_sha256 IS NEW.request_sha256 AND OLD.status IS NEW.status AND OLD.stand_in IS NEW.stand_in AND OLD.error IS NEW.error AND OLD.artifact_sha256 IS NEW.artifact_sha256 AND OLD.cost_nanousd IS NEW.cost_nanousd AND OLD.started_at IS NEW.started_at AND OLD.finished_at IS NEW.finished_at AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL) OR OLD.status = 'intent') BEGIN SELECT RAISE(ABORT, 'provider_calls rows are append-only: UPDATE refused'); END

CREATE TRIGGER trend_reports_no_delete BEFORE DELETE ON trend_reports BEGIN SELECT RAISE(ABORT, 'trend_reports rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_reports_no_update BEFORE UPDATE ON trend_reports WHEN NOT ((OLD.window_start IS NEW.window_start AND OLD.window_end IS NEW.window_end AND OLD.observation_count IS NEW.observation_count AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'trend_reports rows are append-only: UPDATE refused'); END

CREATE TRIGGER trend_reports_fenced BEFORE INSERT ON trend_reports WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'trend_reports rows are stored only by the run that holds their job'); END

CREATE TRIGGER trend_analyses_no_delete BEFORE DELETE ON trend_analyses BEGIN SELECT RAISE(ABORT, 'trend_analyses rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_analyses_no_update BEFORE UPDATE ON trend_analyses WHEN NOT ((OLD.report_id IS NEW.report_id AND OLD.topic_count IS NEW.topic_count AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'trend_analyses rows are append-only: UPDATE refused'); END

CREATE TRIGGER trend_analyses_fenced BEFORE INSERT ON trend_analyses WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'trend_analyses rows are stored only by the run that holds their job'); END

CREATE TRIGGER trend_fetches_no_delete BEFORE DELETE ON trend_fetches BEGIN SELECT RAISE(ABORT, 'trend_fetches rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_fetches_no_update BEFORE UPDATE ON trend_fetches BEGIN SELECT RAISE(ABORT, 'trend_fetches rows are append-only: UPDATE refused'); END

CREATE TRIGGER scripts_no_delete BEFORE DELETE ON scripts BEGIN SELECT RAISE(ABORT, 'scripts rows are append-only: DELETE refused'); END

CREATE TRIGGER scripts_no_update BEFORE UPDATE ON scripts WHEN NOT ((OLD.analysis_id IS NEW.analysis_id AND OLD.scene_count IS NEW.scene_count AND OLD.duration_target_seconds IS NEW.duration_target_seconds AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'scripts rows are append-only: UPDATE refused'); END

CREATE TRIGGER scripts_fenced BEFORE INSERT ON scripts WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'scripts rows are stored only by the run that holds their job'); END

CREATE TRIGGER trend_observations_no_delete BEFORE DELETE ON trend_observations BEGIN SELECT RAISE(ABORT, 'trend_observations rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_observations_no_update BEFORE UPDATE ON trend_observations WHEN NOT ((OLD.id IS NEW.id AND OLD.fetch_id IS NEW.fetch_id AND OLD.item_id IS NEW.item_id AND OLD.observed_at IS NEW.observed_at AND OLD.observed_at_estimated IS NEW.observed_at_estimated AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'trend_observations rows are append-only: UPDATE refused'); END

CREATE TRIGGER script_calls_no_delete BEFORE DELETE ON script_calls BEGIN SELECT RAISE(ABORT, 'script_calls rows are append-only: DELETE refused'); END

CREATE TRIGGER script_calls_no_update BEFORE UPDATE ON script_calls BEGIN SELECT RAISE(ABORT, 'script_calls rows are append-only: UPDATE refused'); END

CREATE TRIGGER trend_report_observations_no_delete BEFORE DELETE ON trend_report_observations BEGIN SELECT RAISE(ABORT, 'trend_report_observations rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_report_observations_no_update BEFORE UPDATE ON trend_report_observations BEGIN SELECT RAISE(ABORT, 'trend_report_observations rows are append-only: UPDATE refused'); END

CREATE TRIGGER voiceovers_no_delete BEFORE DELETE ON voiceovers BEGIN SELECT RAISE(ABORT, 'voiceovers rows are append-only: DELETE refused'); END

CREATE TRIGGER voiceovers_no_update BEFORE UPDATE ON voiceovers WHEN NOT ((OLD.script_id IS NEW.script_id AND OLD.audio_sha256 IS NEW.audio_sha256 AND OLD.duration_seconds IS NEW.duration_seconds AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'voiceovers rows are append-only: UPDATE refused'); END

CREATE TRIGGER voiceovers_fenced BEFORE INSERT ON voiceovers WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'voiceovers rows are stored only by the run that holds their job'); END

CREATE TRIGGER clips_no_delete BEFORE DELETE ON clips BEGIN SELECT RAISE(ABORT, 'clips rows are append-only: DELETE refused'); END

CREATE TRIGGER clips_no_update BEFORE UPDATE ON clips WHEN NOT ((OLD.script_id IS NEW.script_id AND OLD.voiceover_id IS NEW.voiceover_id AND OLD.scene IS NEW.scene AND OLD.artifact_sha256 IS NEW.artifact_sha256 AND OLD.frames IS NEW.frames AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'clips rows are append-only: UPDATE refused'); END

CREATE TRIGGER clips_fenced BEFORE INSERT ON clips WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'clips rows are stored only by the run that holds their job'); END

CREATE TRIGGER trend_analysis_observations_no_delete BEFORE DELETE ON trend_analysis_observations BEGIN SELECT RAISE(ABORT, 'trend_analysis_observations rows are append-only: DELETE refused'); END

CREATE TRIGGER trend_analysis_observations_no_update BEFORE UPDATE ON trend_analysis_observations BEGIN SELECT RAISE(ABORT, 'trend_analysis_observations rows are append-only: UPDATE refused'); END

CREATE TRIGGER videos_no_delete BEFORE DELETE ON videos BEGIN SELECT RAISE(ABORT, 'videos rows are append-only: DELETE refused'); END

CREATE TRIGGER videos_no_update BEFORE UPDATE ON videos WHEN NOT ((OLD.script_id IS NEW.script_id AND OLD.voiceover_id IS NEW.voiceover_id AND OLD.file_sha256 IS NEW.file_sha256 AND OLD.thumbnail_sha256 IS NEW.thumbnail_sha256 AND OLD.captions_srt_sha256 IS NEW.captions_srt_sha256 AND OLD.captions_vtt_sha256 IS NEW.captions_vtt_sha256 AND OLD.captions_ass_sha256 IS NEW.captions_ass_sha256 AND OLD.duration_seconds IS NEW.duration_seconds AND OLD.width IS NEW.width AND OLD.height IS NEW.height AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'videos rows are append-only: UPDATE refused'); END

CREATE TRIGGER videos_fenced BEFORE INSERT ON videos WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'videos rows are stored only by the run that holds their job'); END

CREATE TRIGGER voiceover_calls_no_delete BEFORE DELETE ON voiceover_calls BEGIN SELECT RAISE(ABORT, 'voiceover_calls rows are append-only: DELETE refused'); END

CREATE TRIGGER voiceover_calls_no_update BEFORE UPDATE ON voiceover_calls BEGIN SELECT RAISE(ABORT, 'voiceover_calls rows are append-only: UPDATE refused'); END

CREATE TRIGGER voiceover_media_items_no_delete BEFORE DELETE ON voiceover_media_items BEGIN SELECT RAISE(ABORT, 'voiceover_media_items rows are append-only: DELETE refused'); END

CREATE TRIGGER voiceover_media_items_no_update BEFORE UPDATE ON voiceover_media_items BEGIN SELECT RAISE(ABORT, 'voiceover_media_items rows are append-only: UPDATE refused'); END

CREATE TRIGGER clip_calls_no_delete BEFORE DELETE ON clip_calls BEGIN SELECT RAISE(ABORT, 'clip_calls rows are append-only: DELETE refused'); END

CREATE TRIGGER clip_calls_no_update BEFORE UPDATE ON clip_calls BEGIN SELECT RAISE(ABORT, 'clip_calls rows are append-only: UPDATE refused'); END

CREATE TRIGGER clip_media_items_no_delete BEFORE DELETE ON clip_media_items BEGIN SELECT RAISE(ABORT, 'clip_media_items rows are append-only: DELETE refused'); END

CREATE TRIGGER clip_media_items_no_update BEFORE UPDATE ON clip_media_items BEGIN SELECT RAISE(ABORT, 'clip_media_items rows are append-only: UPDATE refused'); END

CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN SELECT RAISE(ABORT, 'reviews rows are append-only: DELETE refused'); END

CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews WHEN NOT ((OLD.video_id IS NEW.video_id AND OLD.video_sha256 IS NEW.video_sha256 AND OLD.finding_count IS NEW.finding_count AND OLD.blocking_count IS NEW.blocking_count AND OLD.id IS NEW.id AND OLD.version IS NEW.version AND OLD.run_id IS NEW.run_id AND OLD.origin IS NEW.origin AND OLD.code_version IS NEW.code_version AND OLD.data_version IS NEW.data_version AND OLD.previous_sha256 IS NEW.previous_sha256 AND OLD.created_at IS NEW.created_at AND OLD.job_id IS NEW.job_id AND OLD.tombstone_id IS NULL AND NEW.tombstone_id IS NOT NULL)) BEGIN SELECT RAISE(ABORT, 'reviews rows are append-only: UPDATE refused'); END

CREATE TRIGGER reviews_fenced BEFORE INSERT ON reviews WHEN NEW.origin = 'run' AND NOT EXISTS (SELECT 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id) BEGIN SELECT RAISE(ABORT, 'reviews rows are stored only by the run that holds their job'); END

CREATE TRIGGER script_citations_no_delete BEFORE DELETE ON script_citations BEGIN SELECT RAISE(ABORT, 'script_citations rows are append-only: DELETE refused'); END

CREATE TRIGGER script_citations_no_update BEFORE UPDATE ON script_citations BEGIN SELECT RAISE(ABORT, 'script_citations rows are append-only: UPDATE refused'); END

CREATE TRIGGER video_calls_no_delete BEFORE DELETE ON video_calls BEGIN SELECT RAISE(ABORT, 'video_calls rows are append-only: DELETE refused'); END

CREATE TRIGGER video_calls_no_update BEFORE UPDATE ON video_calls BEGIN SELECT RAISE(ABORT, 'video_calls rows are append-only: UPDATE refused'); END

CREATE TRIGGER video_clips_no_delete BEFORE DELETE ON video_clips BEGIN SELECT RAISE(ABORT, 'video_clips rows are append-only: DELETE refused'); END

CREATE TRIGGER video_clips_no_update BEFORE UPDATE ON video_clips BEGIN SELECT RAISE(ABORT, 'video_clips rows are append-only: UPDATE refused'); END

CREATE TRIGGER video_media_items_no_delete BEFORE DELETE ON video_media_items BEGIN SELECT RAISE(ABORT, 'video_media_items rows are append-only: DELETE refused'); END

CREATE TRIGGER video_media_items_no_update BEFORE UPDATE ON video_media_items BEGIN SELECT RAISE(ABORT, 'video_media_items rows are append-only: UPDATE refused'); END

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions rows are append-only: DELETE refused'); END

CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'decisions rows are append-only: UPDATE refused'); END
