CREATE OR REPLACE FUNCTION reelineage_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% rows are append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$

CREATE OR REPLACE FUNCTION reelineage_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE content text[] := TG_ARGV[0]::text[];
BEGIN
  IF (to_jsonb(OLD) - content) = (to_jsonb(NEW) - content)
     AND (to_jsonb(OLD) ->> 'tombstone_id') IS NULL AND (to_jsonb(NEW) ->> 'tombstone_id') IS NOT NULL THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% rows are append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$

CREATE OR REPLACE FUNCTION reelineage_freeze() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what a row of % was asked for never changes', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$

CREATE OR REPLACE FUNCTION reelineage_fence() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM jobs WHERE id = NEW.job_id AND active_run = NEW.run_id FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% rows are stored only by the run that holds their job', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$

CREATE TRIGGER artifacts_no_delete BEFORE DELETE ON artifacts FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER artifacts_no_truncate BEFORE TRUNCATE ON artifacts EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER artifacts_no_update BEFORE UPDATE ON artifacts FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER installation_no_delete BEFORE DELETE ON installation FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER installation_no_truncate BEFORE TRUNCATE ON installation EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER installation_no_update BEFORE UPDATE ON installation FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER jobs_frozen BEFORE UPDATE ON jobs FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.theme IS DISTINCT FROM NEW.theme OR OLD.theme_sha256 IS DISTINCT FROM NEW.theme_sha256 OR OLD.seed IS DISTINCT FROM NEW.seed OR OLD.profile IS DISTINCT FROM NEW.profile OR OLD.created_at IS DISTINCT FROM NEW.created_at) EXECUTE FUNCTION reelineage_freeze()

CREATE TRIGGER jobs_no_delete BEFORE DELETE ON jobs FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER jobs_no_truncate BEFORE TRUNCATE ON jobs EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER media_items_no_delete BEFORE DELETE ON media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER media_items_no_truncate BEFORE TRUNCATE ON media_items EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER media_items_no_update BEFORE UPDATE ON media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER tombstones_no_delete BEFORE DELETE ON tombstones FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER tombstones_no_truncate BEFORE TRUNCATE ON tombstones EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER tombstones_no_update BEFORE UPDATE ON tombstones FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_items_no_delete BEFORE DELETE ON trend_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_items_no_truncate BEFORE TRUNCATE ON trend_items EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_items_no_update BEFORE UPDATE ON trend_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER provider_calls_frozen BEFORE UPDATE ON provider_calls FOR EACH ROW WHEN (OLD.id IS DISTINCT FROM NEW.id OR OLD.job_id IS DISTINCT FROM NEW.job_id OR OLD.run_id IS DISTINCT FROM NEW.run_id OR OLD.role IS DISTINCT FROM NEW.role OR OLD.provider IS DISTINCT FROM NEW.provider OR OLD.model IS DISTINCT FROM NEW.model OR OLD.prompt_version IS DISTINCT FROM NEW.prompt_version OR OLD.seed IS DISTINCT FROM NEW.seed OR OLD.request_sha256 IS DISTINCT FROM NEW.request_sha256 OR OLD.stand_in IS DISTINCT FROM NEW.stand_in OR OLD.started_at IS DISTINCT FROM NEW.started_at) EXECUTE FUNCTION reelineage_freeze()

CREATE TRIGGER provider_calls_no_delete BEFORE DELETE ON provider_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER provider_calls_no_truncate BEFORE TRUNCATE ON provider_calls EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER provider_calls_no_update BEFORE UPDATE ON provider_calls FOR EACH ROW WHEN (OLD.status <> 'intent') EXECUTE FUNCTION reelineage_keep('{parameters,response,tombstone_id}')

CREATE TRIGGER trend_reports_no_delete BEFORE DELETE ON trend_reports FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_reports_no_truncate BEFORE TRUNCATE ON trend_reports EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_reports_no_update BEFORE UPDATE ON trend_reports FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,tombstone_id}')

CREATE TRIGGER trend_reports_fenced BEFORE INSERT ON trend_reports FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER trend_analyses_no_delete BEFORE DELETE ON trend_analyses FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_analyses_no_truncate BEFORE TRUNCATE ON trend_analyses EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_analyses_no_update BEFORE UPDATE ON trend_analyses FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,tombstone_id}')

CREATE TRIGGER trend_analyses_fenced BEFORE INSERT ON trend_analyses FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER trend_fetches_no_delete BEFORE DELETE ON trend_fetches FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_fetches_no_truncate BEFORE TRUNCATE ON trend_fetches EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_fetches_no_update BEFORE UPDATE ON trend_fetches FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER scripts_no_delete BEFORE DELETE ON scripts FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER scripts_no_truncate BEFORE TRUNCATE ON scripts EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER scripts_no_update BEFORE UPDATE ON scripts FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,title,tombstone_id}')

CREATE TRIGGER scripts_fenced BEFORE INSERT ON scripts FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER trend_observations_no_delete BEFORE DELETE ON trend_observations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_observations_no_truncate BEFORE TRUNCATE ON trend_observations EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_observations_no_update BEFORE UPDATE ON trend_observations FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{title,description,hashtags,views,likes,comments,shares,duration_seconds,creator,followers,sound,thumbnail_url,url,category,country,published_at,tombstone_id}')

CREATE TRIGGER script_calls_no_delete BEFORE DELETE ON script_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_calls_no_truncate BEFORE TRUNCATE ON script_calls EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_calls_no_update BEFORE UPDATE ON script_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_report_observations_no_delete BEFORE DELETE ON trend_report_observations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_report_observations_no_truncate BEFORE TRUNCATE ON trend_report_observations EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_report_observations_no_update BEFORE UPDATE ON trend_report_observations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceovers_no_delete BEFORE DELETE ON voiceovers FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceovers_no_truncate BEFORE TRUNCATE ON voiceovers EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceovers_no_update BEFORE UPDATE ON voiceovers FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,tombstone_id}')

CREATE TRIGGER voiceovers_fenced BEFORE INSERT ON voiceovers FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER clips_no_delete BEFORE DELETE ON clips FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clips_no_truncate BEFORE TRUNCATE ON clips EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clips_no_update BEFORE UPDATE ON clips FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,tombstone_id}')

CREATE TRIGGER clips_fenced BEFORE INSERT ON clips FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER trend_analysis_observations_no_delete BEFORE DELETE ON trend_analysis_observations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_analysis_observations_no_truncate BEFORE TRUNCATE ON trend_analysis_observations EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER trend_analysis_observations_no_update BEFORE UPDATE ON trend_analysis_observations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER videos_no_delete BEFORE DELETE ON videos FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER videos_no_truncate BEFORE TRUNCATE ON videos EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER videos_no_update BEFORE UPDATE ON videos FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,title,tombstone_id}')

CREATE TRIGGER videos_fenced BEFORE INSERT ON videos FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER voiceover_calls_no_delete BEFORE DELETE ON voiceover_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceover_calls_no_truncate BEFORE TRUNCATE ON voiceover_calls EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceover_calls_no_update BEFORE UPDATE ON voiceover_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceover_media_items_no_delete BEFORE DELETE ON voiceover_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceover_media_items_no_truncate BEFORE TRUNCATE ON voiceover_media_items EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER voiceover_media_items_no_update BEFORE UPDATE ON voiceover_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_calls_no_delete BEFORE DELETE ON clip_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_calls_no_truncate BEFORE TRUNCATE ON clip_calls EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_calls_no_update BEFORE UPDATE ON clip_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_media_items_no_delete BEFORE DELETE ON clip_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_media_items_no_truncate BEFORE TRUNCATE ON clip_media_items EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER clip_media_items_no_update BEFORE UPDATE ON clip_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reviews_no_truncate BEFORE TRUNCATE ON reviews EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION reelineage_keep('{document,tombstone_id}')

CREATE TRIGGER reviews_fenced BEFORE INSERT ON reviews FOR EACH ROW WHEN (NEW.origin = 'run') EXECUTE FUNCTION reelineage_fence()

CREATE TRIGGER script_citations_no_delete BEFORE DELETE ON script_citations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_citations_no_truncate BEFORE TRUNCATE ON script_citations EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER script_citations_no_update BEFORE UPDATE ON script_citations FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_calls_no_delete BEFORE DELETE ON video_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_calls_no_truncate BEFORE TRUNCATE ON video_calls EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_calls_no_update BEFORE UPDATE ON video_calls FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_clips_no_delete BEFORE DELETE ON video_clips FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_clips_no_truncate BEFORE TRUNCATE ON video_clips EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_clips_no_update BEFORE UPDATE ON video_clips FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_media_items_no_delete BEFORE DELETE ON video_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_media_items_no_truncate BEFORE TRUNCATE ON video_media_items EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER video_media_items_no_update BEFORE UPDATE ON video_media_items FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER decisions_no_truncate BEFORE TRUNCATE ON decisions EXECUTE FUNCTION reelineage_refuse()

CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions FOR EACH ROW EXECUTE FUNCTION reelineage_refuse()
