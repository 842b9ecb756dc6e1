-- How often functions have run in an event's chain is told by its trace header.
alter table event_invocations drop column lineage;
