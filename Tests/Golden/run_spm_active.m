% Runs spm_MDP_VB_XXX on the cases of a file and prints the counts that it has learned, number by number.
%
%   octave-cli run_spm_active.m SPM_FOLDER CASES RESULTS
%
% CASES is a script that fills the cell array `cases` with MDP structures; make_spm_active.py writes it. SPM's
% own file is run as it is but for what Octave does not know: the argument 'all', and tensorprod.
arguments = argv();
[spm, script, target] = arguments{:};
addpath(spm, fullfile(spm, 'toolbox', 'DEM'));
here = tempname();
mkdir(here);

function write(folder, name, varargin)
  file = fopen(fullfile(folder, name), 'w');
  fprintf(file, '%s\n', varargin{:});
  fclose(file);
end

text = fileread(fullfile(spm, 'toolbox', 'DEM', 'spm_MDP_VB_XXX.m'));
text = strrep(text, 'min(max(A),[],''all'')', 'min(max(A)(:))');
text = strrep(text, 'any(A,''all'')', 'any(A(:))');
write(here, 'spm_MDP_VB_XXX.m', text);
write(here, 'sum.m', 'function y = sum(x, varargin)', 'if nargin > 1 && ischar(varargin{1})', ...
      'y = builtin(''sum'', x(:));', 'else', 'y = builtin(''sum'', x, varargin{:});', 'end');
write(here, 'tensorprod.m', 'function y = tensorprod(a, b, d, e)', 's = size(a); s(end + 1:d) = 1;', ...
      'y = permute(a, [d, 1:d - 1, d + 1:numel(s)]);', 'y = b(:)'' * reshape(y, s(d), []);', ...
      's(d) = []; y = reshape(y, [s, 1, 1]);');
warning('off', 'all');
addpath(here);
source(script);
output = fopen(target, 'w');
for index = 1:numel(cases)
  MDP = spm_MDP_VB_XXX(cases{index}, struct('N', 0, 'B', 0));
  for name = {'a', 'b'}
    if isfield(MDP, name{1})
      for g = 1:numel(MDP.(name{1}))
        fprintf(output, '%d %s :', index, name{1});
        fprintf(output, ' %.17g', full(MDP.(name{1}){g}));
        fprintf(output, '\n');
      end
    end
  end
end
fclose(output);
