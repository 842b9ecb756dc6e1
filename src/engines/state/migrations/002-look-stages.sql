-- Looks say what their evidence rests on. Those from before had one stage, so it follows from their totals; when a claim
-- was first reached is not known of them.
update looks set look = look
  || jsonb_build_object(
    'metrics', (
      select coalesce(jsonb_agg(
        metric || jsonb_build_object(
          'reached', null,
          'stages', jsonb_build_array(jsonb_build_object(
            'control', metric->'control'->'events',
            'treatment', metric->'treatment'->'events',
            'share', look->'sampleRatio'->'share'
          ))
        ) order by place
      ), '[]')
      from jsonb_array_elements(look->'metrics') with ordinality as each (metric, place)
    ),
    'sampleRatio', look->'sampleRatio' || jsonb_build_object(
      'stages', jsonb_build_array((look->'sampleRatio') - '{logE,mismatch}'::text[])
    )
  )
where not look->'sampleRatio' ? 'stages';
