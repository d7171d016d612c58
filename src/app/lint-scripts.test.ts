import { describe, expect, it } from 'vitest';
import { loadRuby } from './load-ruby.ts';
import { lintFiles } from '../lint/lint.ts';
import { detectRunner, filesOf } from '../lint/runners/detect.ts';

/** What is found, with the text of its place: `2: drop-table DROP TABLE a`, and what could not be read. */
async function lint(files: Record<string, string>, path = 'migrations') {
  const folder = { path, names: new Set(Object.keys(files)), texts: new Map(Object.entries(files)), loadRuby };
  const runner = detectRunner(folder);
  const read = await filesOf(folder, runner);
  const found = lintFiles(read).flatMap(({ path: file, findings, notices, error }) => {
    const lines = (files[file] ?? '').split('\n');
    const at = (place: { line: number; column: number; endLine: number; endColumn: number }) =>
      lines[place.line - 1]?.slice(place.column - 1, place.line === place.endLine ? place.endColumn - 1 : undefined) ??
      '';
    return [
      ...(error ? [`${error.line}: ${error.message}`] : []),
      ...findings.map((finding) => `${finding.line}: ${finding.rule} ${at(finding)}`),
      ...notices.map((notice) => `${notice.line}: ${notice.message} ${at(notice)}`),
    ];
  });
  return { runner: runner.name, paths: read.map((file) => file.path), found };
}

const alembic = (body: string, more = '') =>
  `from alembic import op\nrevision = 'a'\ndown_revision = None\n${more}def upgrade():\n${body.replaceAll(/^/gmu, '    ')}\ndef downgrade():\n    op.drop_table('never')\n`;

const migration = (body: string, head = '') =>
  `class A < ActiveRecord::Migration[7.1]\n${head}  def change\n${body}\n  end\nend\n`;

const django = (operations: string, head = '') =>
  `from django.db import migrations, models\nclass Migration(migrations.Migration):\n${head}    operations = [\n${operations}\n    ]\n`;

const found = async (files: Record<string, string>, path?: string) => (await lint(files, path)).found;

describe('Alembic', () => {
  it('follows the chain of revisions, not the names of files', async () => {
    const last = alembic("op.alter_column('t', 'a', type_=sa.String(20))")
      .replace("'a'\n", "'b'\n")
      .replace('= None', "= 'a'");
    const first = alembic("op.create_table('t', sa.Column('a', sa.String(10)))");
    expect(await lint({ '1.py': last, '2.py': first })).toEqual({
      runner: 'Alembic',
      paths: ['2.py', '1.py'],
      found: [],
    });
  });

  it('knows its operations, and finds what they do at the call', async () => {
    const of = async (line: string) => (await found({ 'a.py': alembic(line) })).map((one) => one.split(' ')[1]);
    expect(await of("op.add_column('t', sa.Column('a', sa.Integer(), nullable=False))")).toEqual([
      'add-column-not-null-no-default',
    ]);
    expect(
      await of("op.add_column('t', sa.Column('a', sa.DateTime(), server_default=sa.func.now(), nullable=False))"),
    ).toEqual([]);
    expect(
      await of("op.add_column('t', sa.Column('a', sa.Boolean(), server_default=sa.false(), nullable=False))"),
    ).toEqual([]);
    expect(
      await of("op.add_column('t', sa.Column('a', sa.Uuid(), server_default=sa.text('gen_random_uuid()')))"),
    ).toEqual(['add-column-rewrite-default']);
    expect(await of("op.alter_column('t', 'a', nullable=False)")).toEqual(['set-not-null']);
    expect(await of("op.alter_column('t', 'a', type_=sa.String(9))")).toEqual(['alter-column-type']);
    expect(await of("op.alter_column('t', 'a', new_column_name='b')")).toEqual(['rename-column']);
    expect(await of("op.create_foreign_key('f', 't', 'u', ['a'], ['id'])")).toEqual(['foreign-key-without-not-valid']);
    expect(await of("op.create_foreign_key('f', 't', 'u', ['a'], ['id'], postgresql_not_valid=True)")).toEqual([]);
    expect(await of("op.create_unique_constraint(op.f('u'), 't', ['a'])")).toEqual(['add-unique-constraint']);
    expect(await of("op.create_check_constraint('c', 't', 'a > 0')")).toEqual(['check-without-not-valid']);
    expect(await of("op.drop_index(op.f('i'), table_name='t')")).toEqual(['drop-index-non-concurrent']);
    expect(await of("op.rename_table('t', 'u')")).toEqual(['rename-table']);
    expect(await of("with op.batch_alter_table('t') as b:\n    b.drop_column('a')")).toEqual(['drop-column']);
  });

  it('takes the type that a column has from the call, unless its history says another', async () => {
    const widened = "op.alter_column('t', 'a', existing_type=sa.VARCHAR(10), type_=sa.String(length=20))";
    expect(await found({ 'a.py': alembic(widened) })).toEqual([]);
    expect(await found({ 'a.py': alembic(widened.replace('10', '30')) })).toHaveLength(1);
    const made = alembic("op.create_table('t', sa.Column('a', sa.Text()))");
    const next = alembic(widened).replace("'a'\n", "'b'\n").replace('= None', "= 'a'");
    expect(await found({ 'a.py': made, 'b.py': next })).toHaveLength(1);
  });

  it('is one transaction, but for autocommit blocks', async () => {
    const index = "op.create_index('i', 't', ['a'], postgresql_concurrently=True)";
    expect(await found({ 'a.py': alembic(index) })).toEqual([`5: not-allowed-in-transaction ${index}`]);
    expect(await found({ 'a.py': alembic(`with op.get_context().autocommit_block():\n    ${index}`) })).toEqual([]);
  });

  it('finds SQL in its place, whatever quotes and constants hold it', async () => {
    const text = alembic(
      'op.execute(SQL)\nop.execute(\n    "DELETE "\n    "FROM a"\n)\nop.execute(sa.text(r\'DROP SCHEMA s\'))',
      'SQL = """\n  -- é😀\n  DROP TABLE t;\n"""\n',
    );
    expect(await found({ 'a.py': text })).toEqual([
      '6: drop-table DROP TABLE t',
      '11: long-statement-while-locked DELETE "',
      '11: unbounded-delete DELETE "',
      '14: drop-schema DROP SCHEMA s',
    ]);
  });

  it('takes its own comments for directives', async () => {
    expect(await found({ 'a.py': alembic("# lockkeeper:ignore drop-table agreed\nop.drop_table('t')") })).toEqual([]);
    expect((await found({ 'a.py': alembic("# lockkeeper:ignore drop-column no\nop.drop_table('t')") })).length).toBe(2);
  });

  it('makes a table of what it can read, so that what follows is about a new one', async () => {
    const table = [
      "op.create_table('t', sa.Column('a', sa.Integer()), sa.Column('b', server_default=computed),",
      "    sa.ForeignKeyConstraint(['a', 'c'], ['u.id', 'u.x'], name='f'), sa.Index('i', 'a'))",
      "op.create_index('j', 't', ['a'])",
    ];
    expect(await found({ 'a.py': alembic(table.join('\n')) })).toEqual([
      '5: Not read: server_default of Column is known only when it runs. computed',
    ]);
    const after = alembic("op.drop_constraint('f', 't')").replace("'a'\n", "'b'\n").replace('= None', "= 'a'");
    const dropped = await found({ 'a.py': alembic(table.join('\n')), 'b.py': after });
    expect(dropped).toContain("5: drop-constraint op.drop_constraint('f', 't')");
  });

  it('does not take what it says of a column for there before it adds it', async () => {
    const text =
      "op.add_column('t', sa.Column('a', sa.String(5)))\nop.alter_column('t', 'a', existing_type=sa.String(5), type_=sa.String(9))";
    expect(await found({ 'a.py': alembic(text) })).toEqual([]);
    const excluded = "op.create_exclude_constraint('x', 't', ('a', '&&'))";
    expect(
      await found({
        'a.py': alembic(`${excluded}
op.create_table_comment('t', 'x')`),
      }),
    ).toEqual([`5: add-exclusion-constraint ${excluded}`]);
  });

  it('knows names and expressions by the calls that hold them', async () => {
    const table = [
      "op.create_table('t', sa.Column('id', sa.Integer()), sa.Column('user_id', sa.Integer()),",
      "    sa.PrimaryKeyConstraint('id', name=op.f('t_pkey')),",
      "    sa.ForeignKeyConstraint(['user_id'], ['users.id'], name=op.f('t_user_fkey')))",
    ].join('\n');
    expect(await found({ 'a.py': alembic(table) })).toEqual([
      expect.stringMatching(/^5: int-primary-key op\.create_table/u),
    ]);
    const indexes = ["sa.text('day DESC')", "'a', sa.text('lower(b)')", 'sa.func.lower(sa.column(name))'];
    const one = async (on: string) => (await found({ 'a.py': alembic(`op.create_index('i', 't', [${on}])`) })).join();
    for (const on of indexes) expect(await one(on)).toMatch(/^5: create-index-non-concurrent/u);
  });

  it('takes types for what they are on PostgreSQL, and those of other modules for unknown', async () => {
    const added = async (type: string) => found({ 'a.py': alembic(`op.add_column('t', sa.Column('a', ${type}))`) });
    expect(await added("sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')")).toEqual([]);
    expect(await added("sa.JSON().with_variant(mysql.LONGTEXT(), 'mysql')")).toHaveLength(1);
    expect(await added('our.own.types.JSON(astext_type=Text())')).toEqual([]);
    expect(await added('postgresql.JSON(astext_type=sa.Text())')).toHaveLength(1);
  });

  it('follows what a function calls something, unless that changes', async () => {
    const sql = (more: string) => alembic(`sql = 'DELETE FROM t'\n${more}op.get_bind().execute(sa.text(sql))`);
    expect(await found({ 'a.py': sql('') })).toEqual(['5: unbounded-delete DELETE FROM t']);
    const computed = ['8: Not read: what execute runs is known only when it runs. sql'];
    expect(await found({ 'a.py': sql("if x:\n    sql = 'DELETE FROM u'\n") })).toEqual(computed);
    expect(await found({ 'a.py': sql("for x in y:\n    sql += ' WHERE'\n") })).toEqual(computed);
    const other = alembic('op.execute(sql)', "def other():\n    sql = 'DELETE FROM t'\n");
    expect((await found({ 'a.py': other })).join()).toContain('Not read');
  });

  it('reads what is sent by the connection, in an autocommit block of a context of any name', async () => {
    const text = [
      'context = op.get_context()',
      'with context.autocommit_block():',
      "    if op.get_bind().exec_driver_sql('SELECT 1').scalar():",
      "        op.execute('CREATE INDEX CONCURRENTLY i ON t (a)')",
      'bind = op.get_bind()',
      "rows = bind.execute(sa.text('SELECT id FROM u')).fetchall()",
      "bind.execute(sa.text('UPDATE u SET a = :a WHERE id = :id'), {'a': 1, 'id': 2})",
    ];
    expect(await found({ 'a.py': alembic(text.join('\n')) })).toEqual([]);
  });

  it('says what can be known only when it runs', async () => {
    const text = alembic(
      "op.execute(f'DROP TABLE {name}')\nop.frobnicate('t')\nhelper(op)\nop.execute('a' % b)\nop.add_column(t, sa.Column('a'))",
    );
    expect(await found({ 'a.py': text })).toEqual([
      "5: Not read: what execute runs is known only when it runs. f'DROP TABLE {name}'",
      "6: Not read: what op.frobnicate does is not known here. op.frobnicate('t')",
      '7: Not read: what helper does is not known here. helper(op)',
      "8: Not read: what execute runs is known only when it runs. 'a' % b",
      '9: Not read: table_name of add_column is known only when it runs. t',
    ]);
  });
});

describe('Django', () => {
  it('names tables by the app, and knows its operations', async () => {
    const of = async (line: string) =>
      (await found({ '1.py': django(line) }, 'shop/migrations')).map((one) => one.replace(/^\d+: (\S+).*/u, '$1'));
    expect(await of("migrations.AddField('order', 'a', models.IntegerField())")).toEqual([
      'add-column-not-null-no-default',
    ]);
    expect(await of("migrations.AddField('order', 'a', models.IntegerField(null=True))")).toEqual([]);
    expect(await of("migrations.AddField('order', 'a', models.IntegerField(db_default=1))")).toEqual([]);
    expect(await of("migrations.AddField('order', 'a', models.IntegerField(default=1))")).toEqual([
      'drop-default-after-add-not-null',
    ]);
    expect(await of("migrations.AddIndex('order', models.Index(fields=['a'], name='i'))")).toEqual([
      'create-index-non-concurrent',
    ]);
    expect(await of("migrations.RenameField('order', 'a', 'b')")).toEqual(['rename-column']);
    expect(await of("migrations.DeleteModel('Order')")).toEqual(['drop-table']);
    expect(
      await of(
        "migrations.SeparateDatabaseAndState(database_operations=[migrations.RunSQL('DROP TABLE a')], state_operations=[migrations.DeleteModel('B')])",
      ),
    ).toEqual(['drop-table']);
    expect(await of('migrations.RunPython(f)')).toEqual(['Not']);
  });

  it('reads the history of its models', async () => {
    const model =
      "migrations.CreateModel(name='Order', fields=[('id', models.BigAutoField(primary_key=True)), ('a', models.CharField(max_length=10))])";
    const wider = "migrations.AlterField('order', 'a', models.CharField(max_length=20))";
    expect(await found({ '1.py': django(model), '2.py': django(wider) }, 'shop/migrations')).toEqual([]);
    expect(await found({ '2.py': django(wider) }, 'shop/migrations')).not.toEqual([]);
  });

  it('takes the name of the app from what its migrations depend on, when its folder has another', async () => {
    const after = (name: string, operation: string) =>
      django(operation, `    dependencies = [('auth', '0001_initial'), ('sales', '${name}')]\n`);
    const files = {
      '0001_initial.py': django("migrations.CreateModel(name='Order', fields=[('a', models.IntegerField())])"),
      '0002_b.py': after('0001_initial', "migrations.RunSQL('CREATE INDEX i ON sales_order (a)')"),
      '0003_c.py': after('0002_b', "migrations.RunSQL('ALTER TABLE sales_order ALTER a TYPE integer')"),
    };
    expect(await found(files, 'shop/migrations')).toEqual([
      '5: create-index-non-concurrent CREATE INDEX i ON sales_order (a)',
    ]);
  });

  it('does not know what column a field of a class of their own makes', async () => {
    const model =
      "migrations.CreateModel(name='Order', fields=[('a', models.TextField()), ('b', own.fields.Path(null=True))])";
    const alter = (field: string, type: string) => django(`migrations.AlterField('order', '${field}', ${type})`);
    const of = async (text: string) => found({ '1.py': django(model), '2.py': text }, 'shop/migrations');
    const unread = "4: Not read: the type of AlterField is known only when it runs. migrations.AlterField('order', ";
    expect(await of(alter('a', 'own.fields.Path()'))).toEqual([`${unread}'a', own.fields.Path())`]);
    expect(await of(alter('b', 'own.fields.Path(null=True, blank=True)'))).toEqual([]);
    expect(await of(alter('b', 'models.TextField(null=True)'))).toEqual([`${unread}'b', models.TextField(null=True))`]);
  });

  it('finds tables by the names that earlier files give them', async () => {
    const model = (options: string) =>
      django(`migrations.CreateModel(name='Order', fields=[('a', models.IntegerField()), f()], options={${options}})`);
    const index = django("migrations.AddIndex('order', models.Index(fields=['a'], name='i', condition=models.Q(a=1)))");
    const of = (files: Record<string, string>) => found(files, 'shop/migrations');
    const both = model("'db_table': 'orders'").replace('\n    ]', `,\n${index.split('\n')[3] ?? ''}\n    ]`);
    expect((await of({ '1.py': both })).map((one) => one.slice(0, 11))).toEqual(['4: Not read']);
    const renamed = django("migrations.RenameModel('Order', 'Purchase')");
    expect((await of({ '1.py': model("'db_table': 'orders'"), '2.py': renamed })).join()).not.toContain('rename-table');
    expect((await of({ '1.py': model(''), '2.py': renamed })).join()).toContain('rename-table');
    const sql = django("migrations.RunSQL('DROP TABLE purchases')");
    const named = django("migrations.AlterModelTable('order', 'purchases')");
    expect((await of({ '1.py': model(''), '2.py': named, '3.py': sql })).join()).toContain('rename-table');
  });

  it('sends nothing for what an altered field changes only in Python', async () => {
    const fields = [
      "('id', models.BigAutoField(primary_key=True))",
      "('user', models.ForeignKey('auth.User'))",
      "('tags', models.ManyToManyField('Tag'))",
      "('a', models.CharField(max_length=5))",
    ];
    const model = django(`migrations.CreateModel(name='Order', fields=[${fields.join(', ')}])`);
    const of = async (operation: string) =>
      (await found({ '1.py': model, '2.py': django(operation) }, 'shop/migrations')).map((one) => one.split(' ')[1]);
    expect(await of("migrations.AlterField('order', 'a', models.CharField(max_length=5, choices=[]))")).toEqual([]);
    expect(
      await of("migrations.AlterField('order', 'user', models.ForeignKey('auth.User', related_name='x'))"),
    ).toEqual([]);
    expect(await of("migrations.AlterField('order', 'tags', models.ManyToManyField('Tag', blank=True))")).toEqual([]);
    expect(await of("migrations.RemoveField('order', 'tags')")).toEqual([]);
    expect(await of("migrations.AlterField('order', 'a', models.CharField(max_length=5, null=True))")).toEqual([
      'drop-not-null',
    ]);
    expect(await of("migrations.AlterField('order', 'a', models.CharField(max_length=5, unique=True))")).toEqual([
      'add-unique-constraint',
    ]);
    expect(
      await found(
        { '1.py': model, '2.py': django("migrations.RenameField('order', 'user', 'who')") },
        'shop/migrations',
      ),
    ).toEqual(["4: rename-column migrations.RenameField('order', 'user', 'who')"]);
  });

  it('reads SQL with parameters', async () => {
    const sql = "migrations.RunSQL([('DELETE FROM t WHERE a = %s', [1]), ('DELETE FROM t', None)])";
    expect(await found({ '1.py': django(sql) })).toEqual(['4: unbounded-delete DELETE FROM t']);
  });

  it('is a transaction unless it is not atomic; then each text is sent by itself', async () => {
    const index = "AddIndexConcurrently('order', models.Index(fields=['a'], name='i'))";
    expect((await found({ '1.py': django(index) })).join()).toContain('not-allowed-in-transaction');
    expect(await found({ '1.py': django(index, '    atomic = False\n') })).toEqual([]);
    const two = "migrations.RunSQL('SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON a (b)')";
    expect((await found({ '1.py': django(two, '    atomic = False\n') })).join()).toContain(
      'not-allowed-in-transaction',
    );
    const list = "migrations.RunSQL(['SET lock_timeout = 0', 'CREATE INDEX CONCURRENTLY i ON a (b)'])";
    expect(await found({ '1.py': django(list, '    atomic = False\n') })).toEqual([]);
  });
});

describe('Rails', () => {
  const of = async (line: string, head = '') =>
    (await found({ '1_a.rb': migration(line, head) })).map((one) => one.replace(/^\d+: (\S+).*/u, '$1'));

  it('knows its operations', async () => {
    expect(await of('add_index :t, :a')).toEqual(['create-index-non-concurrent']);
    expect(await of("add_column :t, :a, :uuid, default: -> { 'gen_random_uuid()' }")).toEqual([
      'add-column-rewrite-default',
    ]);
    expect(await of("add_column :t, :a, :string, null: false, default: 'x'")).toEqual([]);
    expect(await of('add_foreign_key :t, :users')).toEqual(['foreign-key-without-not-valid']);
    expect(await of('add_foreign_key :t, :users, validate: false')).toEqual([]);
    expect(await of('change_column_null :t, :a, false')).toEqual(['set-not-null']);
    expect(await of("add_check_constraint :t, 'a > 0', name: 'c'")).toEqual(['check-without-not-valid']);
    expect(await of('safety_assured { remove_column :t, :a }')).toEqual(['drop-column']);
    expect(await of('create_table :t do |t|\n t.string :a\n t.references :user\n end\n add_index :t, :a')).toEqual([]);
    expect(await of('reversible do |dir|\n dir.up { drop_table :t }\n dir.down { drop_table :u }\n end')).toEqual([
      'drop-table',
    ]);
    expect(await of('frobnicate :t')).toEqual(['Not']);
  });

  it('makes a table of what it can read, so that what follows is about a new one', async () => {
    const table =
      'create_table :t do |t|\n t.string :a, default: -> { "#{x}" }\n t.integer :b, default: Kind::FIRST\n end';
    expect(await of(`${table}\n add_index :t, :b`)).toEqual(['Not']);
    expect(await of('create_join_table :users, :accounts do |t|\n t.index :user_id\n end')).toEqual([]);
    expect(await of('create_join_table :users, :accounts\n add_index :accounts_users, :user_id')).toEqual([]);
    expect(await of('drop_join_table :users, :accounts')).toEqual(['drop-table']);
  });

  it('knows constraints and enums', async () => {
    expect(await of('add_unique_constraint :t, [:a], name: :u')).toEqual(['add-unique-constraint']);
    expect(await of('add_unique_constraint :t, name: :u, using_index: :i')).toEqual([]);
    expect(await of("add_exclusion_constraint :t, 'a WITH &&', using: :gist, name: :x")).toEqual([
      'add-exclusion-constraint',
    ]);
    expect(await of('remove_exclusion_constraint :t, name: :x')).toEqual(['drop-constraint']);
    expect(await of('remove_unique_constraint :t, name: :x')).toEqual(['drop-constraint']);
    expect(await of('add_enum_value :kind, :a, after: :b')).toEqual([]);
    expect(await of('rename_enum_value :kind, from: :a, to: :b')).toEqual(['rename-enum-value']);
    expect(await of('rename_enum :kind, to: :sort')).toEqual(['rename-object']);
    expect(await of('drop_enum :kind')).toEqual(['drop-object']);
  });

  it('knows what change_table does besides adding', async () => {
    const lines = ['t.remove :a, :b', 't.rename :c, :d', 't.change_null :e, false', 't.remove_index name: :i'];
    const change = (line: string) => of(`change_table :t, bulk: true do |t|\n ${line}\n end`);
    expect(await Promise.all(lines.map(change))).toEqual([
      ['drop-column', 'drop-column'],
      ['rename-column'],
      ['set-not-null'],
      ['drop-index-non-concurrent'],
    ]);
    expect(await change('t.timestamps')).toEqual(['add-column-not-null-no-default', 'add-column-not-null-no-default']);
    expect(await change('t.timestamps null: true\n t.string :x, :y')).toEqual([]);
  });

  it('names constraints as Rails does, so that they are found again', async () => {
    const both = 'add_foreign_key :articles, :authors, validate: false\n validate_foreign_key :articles, :authors';
    const bare = '  disable_ddl_transaction!\n';
    expect(await of(both, bare)).toEqual([]);
    expect(await of(both)).toContain('validate-in-same-transaction');
    const key = 'add_foreign_key :articles, :authors, validate: false';
    const sql = "execute 'ALTER TABLE articles VALIDATE CONSTRAINT fk_rails_e74ce85cbc'";
    expect(await of(`${key}\n ${sql}`)).toContain('validate-in-same-transaction');
  });

  it('says which rows models change, where that is all of them', async () => {
    expect(await of('User.update_all(plan: 1)')).toEqual(['unbounded-update']);
    expect(await of('Admin::UserStory.unscoped.where(plan: nil).update_all("plan = 1")')).toEqual(['unbounded-update']);
    expect(await of('Category.delete_all')).toEqual(['unbounded-delete']);
    expect(await of('User.where(id: 1..9).update_all(plan: 1)')).toEqual(['Not']);
    expect(await of('User.in_batches { |users| users.update_all(plan: 1) }')).toEqual(['Not']);
    expect(await of('create_table :boxes\n Box.update_all(plan: 1)')).toEqual([]);
    expect(await of('User.reset_column_information')).toEqual([]);
  });

  it('finds SQL in heredocs, its bytes in units of UTF-16', async () => {
    const text = migration(
      '    # é😀\n    execute <<~SQL\n      SELECT \'é😀\'; DROP TABLE t;\n    SQL\n    execute "DROP TABLE #{t}"',
    );
    expect(await found({ '1_a.rb': text })).toEqual([
      '5: drop-table DROP TABLE t',
      '7: Not read: what execute runs is known only when it runs. "DROP TABLE #{t}"',
    ]);
  });

  it('knows what constants and variables say, in a text too', async () => {
    const named = (body: string) => of(body, "  NAME = 'i'.freeze\n  TABLES = %w[t u].freeze\n");
    expect(await named('add_index :t, :a, name: NAME')).toEqual(['create-index-non-concurrent']);
    expect(await named('execute "DROP INDEX #{NAME}"')).toEqual(['drop-index-non-concurrent']);
    expect(await named('drop_table(*TABLES)')).toEqual(['Not']);
    expect(await named('sql = <<~SQL.squish\n  DROP INDEX #{NAME}\nSQL\nexecute sql')).toEqual([
      'drop-index-non-concurrent',
    ]);
    expect(await named("sql = 'DROP TABLE t'\nsql = 'b' if true\nexecute sql")).toEqual(['Not']);
    expect(await named("sql = 'DROP TABLE t'\nsql += 'x'\nexecute sql")).toEqual(['Not']);
  });

  it('is a transaction unless that is disabled', async () => {
    const index = 'add_index :t, :a, algorithm: :concurrently';
    expect(await of(index)).toEqual(['not-allowed-in-transaction']);
    expect(await of(index, '  disable_ddl_transaction!\n')).toEqual([]);
  });
});

describe('Knex', () => {
  const of = async (body: string) =>
    (
      await found({
        '1_a.ts': `import type { Knex } from 'knex';\nexport async function up(knex: Knex) {\n${body}\n}\n`,
      })
    ).map((one) => one.replace(/^\d+: (\S+).*/u, '$1'));
  const inTable = (line: string) => of(`await knex.schema.alterTable('t', (table) => {\n${line}\n})`);

  it('knows its schema builder', async () => {
    expect(await inTable("table.string('a').notNullable()")).toEqual(['add-column-not-null-no-default']);
    expect(await inTable("table.timestamp('a').notNullable().defaultTo(knex.fn.now())")).toEqual([]);
    expect(await inTable("table.dropColumn('a')")).toEqual(['drop-column']);
    expect(await inTable("table.index(['a'])")).toEqual(['create-index-non-concurrent']);
    expect(await inTable("table.foreign('a').references('id').inTable('u')")).toEqual([
      'foreign-key-without-not-valid',
    ]);
    expect(await inTable("table.unique(['a'])")).toEqual(['add-unique-constraint']);
    expect(await inTable("table.dropNullable('a')")).toEqual(['set-not-null']);
    expect(await inTable("table.renameColumn('a', 'b')")).toEqual(['rename-column']);
    expect(
      await of("await knex.schema.createTable('t', (t) => { t.bigIncrements(); t.text('a').index(); }).dropTable('u')"),
    ).toEqual(['drop-table']);
    expect(
      await of(
        "await knex.schema.createTable('t', (t) => { t.text('a').defaultTo(x.y()); t.check('?? > ?', ['a', 1]); t.jsonb('b').defaultTo(JSON.stringify([])); });\nawait knex.schema.table('t', (t) => { t.index('b'); })",
      ),
    ).toEqual(['Not']);
    expect(await of("await Promise.all([knex.schema.dropTable('t')])")).toEqual(['drop-table']);
    expect(await of('await knex.schema.dropTable(name)')).toEqual(['Not']);
  });

  it('says which rows a query changes, wherever its conditions stand', async () => {
    expect(await of("await knex('t').update({ a: 1 })")).toEqual(['unbounded-update']);
    expect(await of("await knex('t').returning('id').del()")).toEqual(['unbounded-delete']);
    expect(await of("await knex('t').update({ a: 1 }).whereNull('a')")).toEqual(['unbounded-update']);
    expect(await of("await knex('t').update({ a: 1 }).where({ b: 2 })")).toEqual([]);
    expect(await of("await knex('t').where('b', '>', x).update('a', 1).returning('id')")).toEqual([]);
    expect(await of("await knex('t').delete().whereIn('a', knex('u').select('id'))")).toEqual([]);
    const after = (query: string) => of(`await knex.schema.table('t', (t) => { t.text('x'); });\nawait ${query}`);
    expect(await after("knex('t').where('b', 2).update({ a: 1 })")).toEqual(['long-statement-while-locked']);
    expect(await after("knex('t').update({ a: 1 }).where('id', row.id)")).toEqual([]);
  });

  it('knows what a constant says, in a text too', async () => {
    expect(await of("const TABLE = 't';\nawait knex.schema.dropTable(TABLE)")).toEqual(['drop-table']);
    expect(await of("const name = 't';\nawait knex.raw(`DROP TABLE ${name} /* ${name} */`)")).toEqual(['drop-table']);
    expect(await of("const sql = 'DROP TABLE t';\nawait knex.raw(sql)")).toEqual(['drop-table']);
    expect(await of("let sql = 'DROP TABLE t';\nsql += x;\nawait knex.raw(sql)")).toEqual(['Not']);
    expect(await of('await knex.raw(`DROP TABLE ${name}`)')).toEqual(['Not']);
    expect(await of('const help = helpers(knex).schema;\nhelp.a();\nhelp.b();')).toEqual(['Not']);
  });
});

describe('node-pg-migrate', () => {
  const of = async (line: string) =>
    (
      await found({
        '1_a.js': `exports.up = (pgm) => {\n${line}\n};\nexports.down = (pgm) => { pgm.dropTable('never'); };\n`,
      })
    ).map((one) => one.replace(/^\d+: (\S+).*/u, '$1'));

  it('knows its builder', async () => {
    expect(await of("pgm.addColumns('t', { a: { type: 'text', notNull: true } })")).toEqual([
      'add-column-not-null-no-default',
    ]);
    expect(await of("pgm.addColumn('t', { a: { type: 'uuid', default: pgm.func('gen_random_uuid()') } })")).toEqual([
      'add-column-rewrite-default',
    ]);
    expect(await of("pgm.createIndex('t', 'a')")).toEqual(['create-index-non-concurrent']);
    expect(
      await of("pgm.noTransaction(); pgm.createIndex({ schema: 's', name: 't' }, ['a'], { concurrently: true })"),
    ).toEqual([]);
    expect(await of("pgm.createIndex('t', 'a', { concurrently: true })")).toEqual(['not-allowed-in-transaction']);
    expect(await of("pgm.alterColumn('t', 'a', { notNull: true })")).toEqual(['set-not-null']);
    expect(await of("pgm.addConstraint('t', 'c', { check: 'a > 0' })")).toEqual(['check-without-not-valid']);
    expect(await of("pgm.addConstraint('t', 'c', 'UNIQUE (a)')")).toEqual(['add-unique-constraint']);
    expect(
      await of("pgm.createTable('t', { id: { type: 'bigint', primaryKey: true } }); pgm.createIndex('t', 'id')"),
    ).toEqual([]);
    expect(
      await of(
        "pgm.createTable('t', { id: 'id', a: { type: 'text', default: f() }, b: 'bigint' }); pgm.createIndex('t', 'b')",
      ),
    ).toEqual(['int-primary-key', 'Not']);
    expect(await of("pgm.renameTable('t', 'u')")).toEqual(['rename-table']);
    expect(await of('pgm.createFunction()')).toEqual(['Not']);
  });
});

describe('what is broken', () => {
  it.each([
    ['Python', { 'a.py': alembic("op.drop_table('t')\nop.execute('x'") }],
    ['Ruby', { '1_a.rb': `${migration('drop_table :t')}\nclass (` }],
    ['JavaScript', { '1_a.js': "exports.up = (pgm) => { pgm.dropTable('t'); pgm.sql(`" }],
  ])('is said of %s, and the rest is judged', async (language, files) => {
    const said = await found(files);
    expect(said.join('\n')).toContain('drop-table');
    expect(said.join('\n')).toContain(`This is not ${language}`);
  });

  it('ends in findings or notices, whatever is cut off', async () => {
    const texts = {
      'a.py': alembic("with op.batch_alter_table('t') as b:\n    b.drop_column('a')\nop.execute(f'''{x}''')"),
      '1_a.rb': migration(
        "    create_table :t do |t|\n t.string :a, default: -> { 'x' }\n end\n    execute <<~SQL\n      SELECT 1\n    SQL",
      ),
      '1_a.js':
        "exports.up = async (knex) => { await knex.schema.alterTable('t', (t) => { t.string('a').notNullable(); }); await knex.raw(`SELECT ${1}`); };",
    };
    for (const [path, text] of Object.entries(texts))
      for (let length = 0; length < text.length; length += 3)
        await expect(lint({ [path]: text.slice(0, length) })).resolves.toBeDefined();
  });
});
