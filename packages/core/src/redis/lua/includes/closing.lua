-- Why a run ends: written once, the first reason wins. Returns whether this was the first.
local function write_closing(run, closing, actor, data)
  if run.closing then return false end
  run.closing = closing
  put_field(run, RUN.closing, closing)
  append_event(run, 'run_closing', { actor = actor, data = data })
  return true
end
