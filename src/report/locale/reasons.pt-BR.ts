import type { Words } from './words.ts';

/** Brazilian Portuguese: what each reason code means and what to do next. */
export const REASONS_PT_BR: Words['reasons'] = {
  criteria_met: {
    label: 'todos os critérios atendidos',
    means: 'Tudo o que o plano exige deste item foi medido e está dentro do limite.',
    next: '',
  },
  criterion_failed: {
    label: 'critério não atendido',
    means: 'Foi medido, e o resultado está fora do que o plano permite.',
    next: 'Compare o medido com o permitido, corrija a causa e execute de novo.',
  },
  abort_criterion_held: {
    label: 'limite de interrupção atingido',
    means: 'Foi atingido um limite em que o plano manda parar.',
    next: 'Mantenha o tráfego na versão estável e encontre a causa antes de tentar de novo.',
  },
  warning_criterion_held: {
    label: 'limite de alerta atingido',
    means: 'Foi atingido um limite em que o plano pede atenção. Não bloqueia.',
    next: 'Acompanhe este valor: ele está se aproximando do limite.',
  },
  tool_limit_crossed: {
    label: 'um limite da ferramenta de carga foi ultrapassado',
    means: 'Os critérios do plano foram atendidos, mas a ferramenta de carga tem limites próprios, e um deles foi ultrapassado.',
    next: 'Veja os limites da ferramenta no relatório. Corrija o serviço ou o limite; `evidence: { own-limits: ignore }` julga só pelo plano.',
  },
  weak_evidence: {
    label: 'evidência fraca',
    means: 'Os critérios foram atendidos, mas algo depõe contra confiar nas medidas: a carga não foi a que se pediu.',
    next: 'Leia o que se diz do item. Dê mais recursos ao gerador de carga ou peça uma carga que ele consiga gerar.',
  },
  no_data: {
    label: 'sem dados',
    means: 'A fonte respondeu, mas sem o valor que o critério pede.',
    next: 'Verifique a consulta, os labels e se o sistema realmente publica esse valor.',
  },
  too_few_samples: {
    label: 'amostras insuficientes',
    means: 'Há valores, mas não o bastante para julgar.',
    next: 'Deixe rodar por mais tempo ou envie mais requisições.',
  },
  window_incomplete: {
    label: 'janela incompleta',
    means: 'As medições não cobrem todo o período que o critério pede.',
    next: 'Mantenha a etapa por mais tempo ou procure falhas no monitoramento.',
  },
  no_baseline: {
    label: 'sem linha de base',
    means: 'Um critério compara com a linha de base, e ela não existe.',
    next: 'Dê um controle ao canário ou deixe as métricas serem medidas antes da primeira etapa. Num teste de carga, rode até haver execuções suficientes do mesmo cenário.',
  },
  nothing_checked: {
    label: 'nada foi verificado',
    means: 'Nenhum critério foi julgado; portanto, nada indica que está tudo bem.',
    next: 'Adicione um expect ao item ou confira se o plano tem os itens que você queria.',
  },
  unknown_metric: {
    label: 'métrica desconhecida',
    means: 'Um critério cita um valor que não foi medido.',
    next: 'Corrija o nome; as medições do item mostram o que existe.',
  },
  unit_mismatch: {
    label: 'unidades incompatíveis',
    means: 'Um critério compara coisas diferentes, como um tempo com um tamanho.',
    next: 'Escreva o limite na unidade da medição ou informe a unidade no plano.',
  },
  connection_refused: {
    label: 'conexão recusada',
    means: 'A máquina respondeu, mas nada escuta nessa porta.',
    next: 'Verifique se o serviço está no ar e confira host e porta.',
  },
  host_not_found: {
    label: 'host não encontrado',
    means: 'O nome não leva a nenhum endereço.',
    next: 'Confira o nome do host e se este runner consegue resolvê-lo.',
  },
  timed_out: {
    label: 'tempo esgotado',
    means: 'Não houve resposta dentro do tempo limite.',
    next: 'Verifique se o sistema está acessível e sem sobrecarga; se for apenas lento, aumente o within.',
  },
  authentication_failed: {
    label: 'falha de autenticação',
    means: 'O usuário, a senha ou o token não foi aceito.',
    next: 'Confira o secret: o nome no workflow, o valor e se não expirou.',
  },
  permission_denied: {
    label: 'permissão negada',
    means: 'A credencial está certa, mas não tem permissão para isso.',
    next: 'Conceda a permissão que falta, indicada na mensagem.',
  },
  tls_invalid: {
    label: 'certificado TLS inválido',
    means: 'O certificado expirou, é de outro nome ou não é confiável.',
    next: 'Renove o certificado ou corrija a cadeia.',
  },
  bad_response: {
    label: 'resposta não compreendida',
    means: 'Veio uma resposta, mas não é possível lê-la.',
    next: 'Veja a resposta nas evidências e confira o endereço.',
  },
  not_found: {
    label: 'não encontrado',
    means: 'O que o plano cita não existe.',
    next: 'Confira o nome ou o caminho e se uma etapa anterior já o criou.',
  },
  unreadable: {
    label: 'não pode ser lido',
    means: 'Existe, mas o conteúdo está corrompido ou em formato inesperado.',
    next: 'Verifique o arquivo, o formato e as permissões.',
  },
  tool_missing: {
    label: 'programa não instalado',
    means: 'O item precisa de um programa que esta máquina não tem.',
    next: 'Instale-o em uma etapa anterior do job.',
  },
  command_failed: {
    label: 'comando falhou',
    means: 'O comando terminou com erro.',
    next: 'Leia o final da saída nas evidências.',
  },
  unsupported: {
    label: 'sem suporte',
    means: 'O outro lado, ou a versão dele, não faz o que o plano pede.',
    next: 'Veja na mensagem o que é suportado.',
  },
  migration_failed: {
    label: 'migração falhou',
    means: 'A ferramenta de migração terminou com erro. O banco pode ter ficado no meio do caminho.',
    next: 'Leia o final da saída e confira a versão no banco antes de tentar de novo.',
  },
  version_mismatch: {
    label: 'versão diferente da esperada',
    means: 'O banco ou o serviço está em uma versão diferente da que o plano espera.',
    next: 'Confira se o plano cita a versão mais nova e se o banco certo foi migrado.',
  },
  tool_disagrees: {
    label: 'ferramenta e banco divergem',
    means: 'A ferramenta informou sucesso, mas o banco diz outra coisa.',
    next: 'Confie no banco: descubra qual dos dois estava olhando para outro lugar.',
  },
  migration_pending: {
    label: 'restam migrações',
    means: 'A ferramenta informou sucesso, mas há migrações do repositório que não estão no banco.',
    next: 'Descubra por que a ferramenta as pulou: a ordem, um filtro ou outro banco.',
  },
  multiple_heads: {
    label: 'várias pontas',
    means: 'Os arquivos de migração terminam em mais de um lugar, como depois de unir dois ramos.',
    next: 'Una as pontas com mais uma migração.',
  },
  dirty_state: {
    label: 'migração pela metade',
    means:
      'Uma migração anterior começou e não terminou bem, ou sua trava continua ocupada. Nada pode ser migrado antes de corrigir isso.',
    next: 'Veja o que ficou no banco e depois avise a ferramenta, como diz a mensagem.',
  },
  migration_locked: {
    label: 'outra execução está migrando',
    means: 'Outra execução tem o bloqueio que deixa migrar este banco uma execução por vez.',
    next: 'Espere que ela termine e execute de novo.',
  },
  backup_unusable: {
    label: 'cópia de segurança não confiável',
    means: 'A cópia não pôde ser feita, está vazia, cortada ou velha demais. Nada foi migrado.',
    next: 'Faça uma cópia boa e execute de novo.',
  },
  index_missing: {
    label: 'índice ausente',
    means: 'O banco não tem um índice com esse nome.',
    next: 'Inclua-o em uma migração ou confira se a migração rodou neste banco.',
  },
  index_columns_differ: {
    label: 'índice com outras colunas',
    means: 'O índice existe, mas com outras colunas ou em outra ordem.',
    next: 'Remova-o e recrie-o como está no plano, ou corrija o plano.',
  },
  index_invalid: {
    label: 'índice inválido',
    means: 'A criação deste índice foi interrompida. Ele encarece as escritas e não atende a nenhuma consulta.',
    next: 'Use REINDEX INDEX CONCURRENTLY, ou remova-o e crie-o de novo.',
  },
  index_definition_refused: {
    label: 'tal índice não pode ser criado',
    means: 'O servidor recusa a definição que o plano espera.',
    next: 'A mensagem traz as palavras do servidor: corrija a definição no plano ou a tabela em uma migração.',
  },
  index_findings: {
    label: 'achados sobre outros índices',
    means: 'Há algo errado com índices que o plano não cita, nas tabelas que ele cita.',
    next: 'As evidências trazem cada um com o SQL que corrige. O que está como deve estar vai em `index-rules: ignore`, com um motivo.',
  },
  index_unused: {
    label: 'índice não atende à consulta',
    means: 'O planejador não consegue usar o índice nesta consulta.',
    next: 'Compare as condições da consulta com as colunas do índice, a ordem e os tipos.',
  },
  index_not_chosen: {
    label: 'planejador prefere ler a tabela',
    means: 'O índice pode atender à consulta, mas com estas estatísticas o planejador lê a tabela inteira.',
    next: 'Ponha valores típicos na consulta, execute ANALYZE, ou remova um índice que não compensa.',
  },
  index_unproven: {
    label: 'índice sem prova',
    means: 'Outro índice foi usado e não pôde ser escondido: não se sabe se este atende.',
    next: 'Ensaie em um banco descartável, ou use `hide-indexes: true`.',
  },
  partial_index_parameter: {
    label: 'índice parcial e parâmetro',
    means: 'A condição do índice parcial é um parâmetro na consulta, e um comando preparado não pode usá-lo.',
    next: 'Escreva o valor na consulta em lugar do parâmetro, ou indexe todas as linhas.',
  },
  table_read_whole: {
    label: 'tabela lida inteira',
    means: 'Nenhum índice pode atender à consulta: uma tabela, ou um índice, é lida por inteiro.',
    next: 'Crie um índice sobre as colunas das condições, ou ponha a tabela em `may-scan`.',
  },
  unsafe_migration: {
    label: 'migração insegura',
    means: 'Um comando da migração bloquearia ou quebraria um banco em uso.',
    next: 'Use a forma segura do SQL que está na evidência, ou aceite o achado no plano, com um motivo.',
  },
  not_restored: {
    label: 'esquema não restaurado',
    means: 'Desfazer a migração, ou refazê-la, não deu o esquema que havia.',
    next: 'Corrija o `down` da migração para que desfaça tudo o que o `up` faz; a evidência lista as diferenças.',
  },
  irreversible: {
    label: 'irreversível',
    means: 'Uma migração não pode ser desfeita.',
    next: 'Escreva o `down`, ou planeje o rollback sem ele: para a frente, ou a partir de um backup.',
  },
  task_done: { label: 'concluído', means: 'A tarefa foi executada e confirmada.', next: '' },
  task_failed: {
    label: 'tarefa falhou',
    means: 'A mudança não pôde ser feita, ou não por completo.',
    next: 'Verifique em que estado o sistema está agora; depois faça esta etapa à mão ou execute de novo.',
  },
  time_limit_exceeded: {
    label: 'prazo excedido',
    means: 'O conjunto demorou mais do que o plano permite.',
    next: 'Termine à mão o que falta; depois procure a etapa lenta pelos tempos.',
  },
  canary_aborted: {
    label: 'canary interrompido',
    means: 'O canary passou de um limite, e o tráfego foi retirado dele.',
    next: 'Veja qual limite foi ultrapassado; confirme que todo o tráfego está na versão estável.',
  },
  not_verified: {
    label: 'não comprovado',
    means: 'A mudança foi feita, mas não está provado que o estado esperado está no ar.',
    next: 'Confira à mão qual versão está no ar antes de dar por encerrado.',
  },
  dry_run: {
    label: 'simulação',
    means: 'Nada foi alterado: isto apenas mostra o que seria feito.',
    next: 'Execute de novo sem simulação para valer.',
  },
  not_applicable: { label: 'não se aplica', means: 'A condição do item não vale para esta execução.', next: '' },
  needs_unmet: {
    label: 'item anterior impede',
    means: 'Um item do qual este depende não passou.',
    next: 'Corrija primeiro o item anterior.',
  },
  not_reached: {
    label: 'não alcançado',
    means: 'A execução terminou antes de chegar a vez deste item.',
    next: 'Corrija o que encerrou a execução e execute de novo.',
  },
  cancelled: {
    label: 'cancelado',
    means: 'A execução foi cancelada antes de terminar.',
    next: 'Execute de novo quando precisar do veredito.',
  },
  plan_error: {
    label: 'erro no plano',
    means: 'O plano ou um parâmetro está errado; por isso nada foi executado.',
    next: 'Corrija o plano no ponto indicado.',
  },
  internal_error: {
    label: 'erro no Holdpoint',
    means: 'O próprio Holdpoint falhou. Isto não diz nada sobre o seu sistema.',
    next: 'Execute de novo; se persistir, relate o problema com esta página.',
  },
  waiting: {
    label: 'aguardando',
    means: 'Ainda não terminou: falta chegar a vez, cumprir o tempo da etapa ou receber uma aprovação.',
    next: '',
  },
};
