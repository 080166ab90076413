% Runs spm_MDP_VB_X on the cases of a file and prints what it found, number by number.
%
%   octave-cli run_spm.m SPM_FOLDER CASES RESULTS
%
% CASES is a script that fills the cell array `cases` with MDP structures; make_spm.py writes it. SPM's
% own file is run as it is but for two things, which are replaced in a copy: what is handed to its
% reporting function at each step, and its number of iterations, which it does not take as an option.
arguments = argv();
[spm, script, target] = arguments{:};
addpath(spm, fullfile(spm, 'toolbox', 'DEM'));
here = tempname();
mkdir(here);
text = fileread(fullfile(spm, 'toolbox', 'DEM', 'spm_MDP_VB_X.m'));
text = strrep(text, 'MDP.FCN(MDP,X)', 'MDP.FCN(MDP,X,x,u,wn,t)');
text = regexprep(text, 'Ni\s+= 16;', 'Ni = MDP(1).sweeps;');
file = fopen(fullfile(here, 'spm_MDP_VB_X.m'), 'w');
fwrite(file, text);
fclose(file);
% Octave has no tensorprod: the contraction of one dimension with a vector.
file = fopen(fullfile(here, 'tensorprod.m'), 'w');
fprintf(file, '%s\n', 'function y = tensorprod(a, b, d, e)', 's = size(a); s(end + 1:d) = 1;', ...
        'y = permute(a, [d, 1:d - 1, d + 1:numel(s)]);', 'y = b(:)'' * reshape(y, s(d), []);', ...
        's(d) = []; y = reshape(y, [s, 1, 1]);');
fclose(file);
% Nor does its sum know 'all', which only the free energy of parameters asks for; that is not kept.
file = fopen(fullfile(here, 'spm_KL_dir.m'), 'w');
fprintf(file, '%s\n', 'function d = spm_KL_dir(q, p)', 'd = 0;');
fclose(file);
addpath(here);
warning('off', 'all');

global output
source(script);
output = fopen(target, 'w');

function put(name, values)
  global output
  fprintf(output, '%s', name);
  fprintf(output, ' %d', size(values));
  fprintf(output, ' :');
  fprintf(output, ' %.17g', full(values));
  fprintf(output, '\n');
end

function put_step(MDP, X, x, u, wn, t)
  put('step', t);
  put('F', MDP.F(:, t));
  put('G', MDP.G(:, t));
  put('H', MDP.H(1, t));
  put('u', u{1}(:, t));
  put('w', wn{1}((t - 1) * MDP.sweeps + 1:t * MDP.sweeps));
  for f = 1:numel(X)
    put('X', X{f});
    put('x', x{f});
  end
end

for index = 1:numel(cases)
  MDP = cases{index};
  put('case', index);
  MDP.FCN = @put_step;
  options = struct('plot', 0, 'gamma', MDP.fixed, 'D', 0);
  MDP = spm_MDP_VB_X(MDP, options);
  put('P', MDP.P);
  put('dn', MDP.dn);
  for f = 1:numel(MDP.xn)
    put('xn', MDP.xn{f});
    % As spm_MDP_VB_LFP has it: all units, the epochs of each in one column.
    [Nb, Nx, Nj, Ne] = size(MDP.xn{f});
    z = [];
    for j = 1:Ne
      for s = 1:Nx
        z(:, end + 1) = reshape(MDP.xn{f}(:, s, j, :), [], 1);
      end
    end
    v = log(z + 1 / 32);
    put('lfp', spm_conv(v, 2, 0) - spm_conv(v, 16, 0));
  end
  for name = {'a', 'b', 'd'}
    if isfield(MDP, name{1})
      for f = 1:numel(MDP.(name{1}))
        put(name{1}, MDP.(name{1}){f});
      end
    end
  end
  if isfield(MDP, 'e')
    put('e', MDP.e);
  end
end
fclose(output);
