-- Metrics name their kind, and looks hold evidence: what every kind of metric tells, whatever it was weighed from. Before,
-- all metrics counted units with an event.
update runs set definition = definition
  || jsonb_build_object(
    'goal', (definition->'goal') - 'marginRatio' || jsonb_build_object(
      'margin', definition->'goal'->'marginRatio',
      'metric', (definition->'goal'->'metric') - 'name'
        || jsonb_build_object('kind', definition->'goal'->'metric'->'name')
    ),
    'guardrails', (
      select coalesce(jsonb_agg(
        guardrail || jsonb_build_object(
          'metric', (guardrail->'metric') - 'name' || jsonb_build_object('kind', guardrail->'metric'->'name')
        ) order by place
      ), '[]')
      from jsonb_array_elements(definition->'guardrails') with ordinality as each (guardrail, place)
    )
  )
where definition->'goal' ? 'marginRatio';

create function arm_evidence(units numeric, events numeric) returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'units', units,
    'events', events,
    'value', case
      when units = 0 then null
      when events = 0 then '0%'
      when events / units < 0.001 then to_char(100 * events / units, 'FM990.00') || '%'
      when events / units < 0.1 then to_char(100 * events / units, 'FM990.0') || '%'
      else to_char(100 * events / units, 'FM990') || '%'
    end,
    'text', to_char(events, 'FM999,999,999,999,990') || ' of ' || to_char(units, 'FM999,999,999,999,990') || ' units'
  )
$$;

create function count_question(metric jsonb, stages jsonb) returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'calculation', 'verdict',
    'input', jsonb_build_object(
      'stages', stages,
      'direction', metric->'direction',
      'marginRatio', metric->'marginRatio',
      'alpha', metric->'alpha'
    )
  )
$$;

update looks set look = look
  || jsonb_build_object('metrics', (
    select coalesce(jsonb_agg(
      metric - '{marginRatio,ratio,stages}'::text[] || jsonb_build_object(
        'scale', 'ratio',
        'margin', metric->'marginRatio',
        'control', arm_evidence((metric->'control'->'units')::numeric, (metric->'control'->'events')::numeric),
        'treatment', arm_evidence((metric->'treatment'->'units')::numeric, (metric->'treatment'->'events')::numeric),
        'point', metric->'ratio',
        'method', 'counts',
        'question', count_question(metric, metric->'stages'),
        'reached', case
          when metric->'reached' = 'null' then metric->'reached'
          else (metric->'reached') - 'stages'
            || jsonb_build_object('question', count_question(metric, metric->'reached'->'stages'))
        end
      ) order by place
    ), '[]')
    from jsonb_array_elements(look->'metrics') with ordinality as each (metric, place)
  ))
where look->'metrics'->0 ? 'marginRatio';

drop function arm_evidence;
drop function count_question;
