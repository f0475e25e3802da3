-- Run once by the image of PostgreSQL, as its superuser, when its volume is new. The owner migrates; the shop itself
-- reads and writes rows: `barrow migrate` lets it.
\set owner_password `cat /run/barrow/owner`
\set app_password `cat /run/barrow/app`
create role barrow_owner login nosuperuser nocreatedb nocreaterole password :'owner_password';
create role barrow_app login nosuperuser nocreatedb nocreaterole password :'app_password';
create database barrow owner barrow_owner template template0 encoding 'UTF8';
revoke connect on database barrow from public;
grant connect, temporary on database barrow to barrow_app;
