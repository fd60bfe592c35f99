-- Claims the step of the job that BullMQ fetched, when the worker can run it and all that is to be loaded is named in the job's
-- data. Else nil: the worker claims it itself. `held`: the run that the script has in hand is changed there, and saved by the script.
--@include claim
--@bullmq fetched-job

local function claim_fetched(q, raw, worker, at, held)
  local job = fetched_job(raw)
  if not job then return nil end
  local d = cjson.decode(job.data)
  if not d.loads or d.format ~= worker.format then return nil end
  if d.role == 'step' and call('SISMEMBER', worker.actions, job.name) == 0 then return nil end
  local own = held and held.id == d.run
  local run = own and held or open_run(worker.cell .. CELL.run .. d.run, at)
  if not run or run.closing then return nil end
  if own then flush_run(run) end
  local record = read_record(run, field_of(d.step, d.gen))
  if not record or is_settled(record) or (record.dueAt and record.dueAt > at) then return nil end
  local reply
  if is_certain_skip(record) then
    reply = claim_reply(run, 'skip', d.step, d.gen, record)
  else
    reply = claim(run, d.step, d.gen, d.role, record)
  end
  reply[#reply + 1] = load_inputs(run, d.loads)
  if not own then save_run(run) end
  return reply
end
