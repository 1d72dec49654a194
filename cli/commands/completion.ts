import { Argument, type Command } from 'commander';
import { type Candidate, complete, fileName } from '../completion.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** Adds the command that prints the completion of a shell, and the hidden one that the completion calls. */
export function addCompletion(program: Command): void {
  const shell = new Argument('<shell>', 'the shell').choices(shells);
  program
    .command('completion')
    .addArgument(shell)
    .description('Print the completion for a shell, such as for ~/.bashrc: eval "$(gds completion bash)"')
    .action((name: Shell) => void process.stdout.write(scripts[name]));
  program
    .command('complete', { hidden: true })
    .description('Print the candidates for the end of a command line')
    .addArgument(shell)
    .argument('[words...]', 'the words after gds; the last one is to be completed')
    .action(async (name: Shell, words: readonly string[]) => printCandidates(name, program, words));
}

async function printCandidates(shell: Shell, program: Command, words: readonly string[]): Promise<void> {
  const whole = shell === 'bash' ? joinWords(words) : words;
  const candidates = await complete(program, whole);
  const current = whole.at(-1) ?? '';
  const lines = candidates.map(
    (candidate) => `${candidate === fileName ? fileName.value : format[shell](candidate, current)}\n`,
  );
  process.stdout.write(lines.join(''), () => process.exit()); // a request may be in progress
}

/** bash splits words at these characters, and completes only what follows the last of them. */
const breaks = /[=:@]/;

/** Joins what bash has split, and removes quotes. */
const joinWords = (words: readonly string[]): string[] =>
  words
    .join('\0')
    .replace(/\0([=:@]+)(?:\0|$)/g, '$1')
    .split('\0')
    .map((word) => word.replace(/^(["'])(.*?)\1?$/s, '$2'));

const format: Readonly<Record<Shell, (candidate: Candidate, current: string) => string>> = {
  bash: ({ value }, current) => value.slice(current.length - (current.split(breaks).at(-1)?.length ?? 0)),
  zsh: ({ value, description = '' }) => `${value.replaceAll(':', '\\:')}${description && `:${description}`}`,
  fish: ({ value, description = '' }) => `${value}\t${description}`,
};

const scripts: Readonly<Record<Shell, string>> = {
  bash: `_gds() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=($(gds complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  if [[ \${COMPREPLY-} == '${fileName.value}' ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "\${current#=}"))
  fi
}
complete -F _gds gds
`,
  zsh: `#compdef gds
_gds() {
  local -a found
  found=("\${(@f)$(gds complete zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $found == '${fileName.value}' ]]; then
    _files
  elif [[ -n $found ]]; then
    _describe gds found
  fi
}
if [[ $funcstack[1] == _gds ]]; then _gds; else compdef _gds gds; fi
`,
  fish: `function __gds_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found (gds complete fish -- $words[2..] "$current" 2>/dev/null)
    if test "$found" = '${fileName.value}'
        __fish_complete_path "$current"
    else
        string join \\n -- $found
    end
end
complete -c gds -f -a '(__gds_complete)'
`,
};
